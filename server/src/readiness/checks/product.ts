import { type Check, fail, notApplicable, notKnown, pass } from '../check.ts'
import { declared, groundsOf, observed } from '../evidence.ts'
import { activeCustomers, activeWithinDays } from './active-customers.ts'

/** So many customers outside both companies make a product; fewer make a project. */
const customersForGa = 3

/** Is it a product that somebody wants, or code that somebody wrote? */
export const productChecks: readonly Check[] = [
  {
    id: 'problem-named',
    group: 'product',
    title: 'Whose problem it solves is written down',
    gate: 'pilot',
    critical: false,
    side: 'none',
    why: 'A bridge that begins with an API and not with a problem is used by nobody, and no one can say when it is good enough.',
    todo: 'Write one sentence into spec.problem: who, when, loses what, how often.',
    evaluate: ({ spec }) => (spec.problem ? pass(spec.problem, declared) : fail('nobody has written down whose problem it solves')),
  },
  {
    id: 'value-metric',
    group: 'product',
    title: 'One number says whether customers are better off',
    gate: 'pilot',
    critical: true,
    side: 'none',
    why: 'Without a number both companies celebrate the launch and neither notices when customers stop caring.',
    todo: 'Set spec.valueMetric with unit, baseline, target and date; have its owner attest it every 90 days.',
    evaluate({ spec: { valueMetric } }) {
      if (!valueMetric) return fail('no number says whether customers are better off')
      return pass(`${valueMetric.title}: target ${valueMetric.target} ${valueMetric.unit}`, groundsOf(valueMetric))
    },
  },
  {
    id: 'pilot-limits',
    group: 'product',
    title: 'A pilot stays small and free of paying customers',
    gate: 'pilot',
    critical: true,
    side: 'none',
    why: 'Whoever pays may expect that it works tomorrow. Before beta nobody has promised that, so nobody may be charged.',
    todo: 'Keep at most 25 instances, none of a paying customer, until the gate to beta has opened.',
    evaluate({ stage, facts: { instances } }) {
      if (!['proposed', 'experimental', 'pilot'].includes(stage)) return notApplicable(`it is in ${stage}`)
      if (!instances) return notKnown('nobody has counted its instances')
      const paying = instances.filter((instance) => instance.paying).length
      if (paying > 0) return fail(`${paying} paying customer${paying === 1 ? ' is' : 's are'} bound to an integration in ${stage}`)
      if (instances.length > pilotInstanceLimit) return fail(`${instances.length} instances, ${pilotInstanceLimit} are allowed before beta`)
      return pass(`${instances.length} of ${pilotInstanceLimit} instances, none paying`, observed())
    },
  },
  {
    id: 'price-decided',
    group: 'product',
    title: 'What customers pay for it is decided',
    gate: 'beta',
    critical: false,
    side: 'none',
    why: 'Sales at both companies will invent a price, and they will not invent the same one.',
    todo: 'Set spec.price. Free and included are prices too; on request is none.',
    evaluate({ spec: { price } }) {
      if (!price) return fail('no price, not even free')
      if (price.kind === 'on-request') return fail('the price is “on request”: nobody has decided it')
      if (price.kind === 'fixed' && !price.amount) return fail('a fixed price without an amount')
      if (price.kind === 'per-unit' && !(price.unitPrice && price.meter))
        return fail('a price per unit needs unitPrice and the meter that counts the units')
      return pass(`price: ${price.kind}`, declared)
    },
  },
  {
    id: 'customer-docs',
    group: 'product',
    title: 'A customer’s admin can read how to install and use it',
    gate: 'beta',
    critical: false,
    side: 'none',
    why: 'What is not written is asked, by every customer, of two support desks that send each other the customer.',
    todo: 'Add a page for the audience customer-admin with a url or file to spec.documentation.',
    evaluate({ spec: { documentation } }) {
      const pages = documentation.filter((page) => page.audience === 'customer-admin' && (page.url ?? page.file))
      return pages.length > 0
        ? pass(`${pages.length} page(s): ${pages.map((page) => page.title).join(', ')}`, declared)
        : fail('no page for the customer’s admin')
    },
  },
  {
    id: 'active-customers',
    group: 'product',
    title: 'At least three customers outside both companies use it',
    gate: 'ga',
    critical: true,
    side: 'none',
    why: 'One friendly customer proves that it can work once. Three that owe nobody a favour prove a product.',
    todo: 'Stay in beta until three unaffiliated customers were active in the last 30 days.',
    evaluate({ facts: { instances }, today }) {
      if (!instances) return notKnown('nobody has counted its customers')
      const { told: customers, possible } = activeCustomers(instances, today)
      const says = `${customers} unaffiliated customer${customers === 1 ? '' : 's'} active in ${activeWithinDays} days`
      if (customers < customersForGa && possible >= customersForGa)
        return notKnown(`${says}; nobody has told whether ${possible - customers} more belong to a side`)
      return customers >= customersForGa ? pass(says, observed()) : fail(`${says}, ${customersForGa} are needed`)
    },
  },
  {
    id: 'listed',
    group: 'product',
    title: 'Customers can find it',
    gate: 'ga',
    critical: false,
    side: 'none',
    why: 'Partners launch once and then each expects the other to market it. An integration that nobody can find earns nothing for either.',
    todo: 'Set spec.marketing.headline and requirements, and at least one listing.',
    evaluate({ spec: { marketing } }) {
      if (!marketing?.headline) return fail('no headline: nobody can say in a sentence what it does')
      if (marketing.listings.length === 0) return fail('it is listed nowhere')
      return pass(`listed in ${marketing.listings.map((listing) => listing.marketplace).join(', ')}`, declared)
    },
  },
]

/** More instances than this are no pilot. */
export const pilotInstanceLimit = 25
