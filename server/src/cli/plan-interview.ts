import { presetMoney } from '../planning/index.ts'
import { currencyExponent, type Workspace } from '../workspace/index.ts'

interface Question {
  message: string
  /** What the answer is for, in one sentence, where the question does not say it itself. */
  why?: string
}

/** Asks a person; the terminal's answers, or a test's. An empty answer to a text or number that may be empty is undefined. */
export interface Interviewer {
  /** Says why the next questions matter. */
  explain(text: string): void
  /** @param check says what is wrong with an answer, or undefined */
  text(question: Question & { example: string; check?(answer: string): string | undefined }): Promise<string>
  number(question: Question & { example: string; optional?: boolean }): Promise<number | undefined>
  choose<Value extends string>(question: Question & { options: readonly { value: Value; label: string; hint?: string }[] }): Promise<Value>
}

/** What an interview leads to: entity documents in the order in which they should stand in one file, the plan last. */
export interface InterviewResult {
  name: string
  documents: object[]
}

const apiVersion = 'bridgekeeper.dev/v1'
const yesNo = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
  { value: 'unknown', label: 'I don’t know', hint: 'the plan then says what hangs on it' },
] as const

/** Asks only what the workspace does not know already and what no preset can stand for. */
export async function interview(ask: Interviewer, workspace: Workspace | undefined): Promise<InterviewResult> {
  ask.explain('Two platforms, two owners. What is known of them already is taken from the workspace; the rest is asked once and saved.')
  const first = await side(ask, workspace, 'first')
  const second = await side(ask, workspace, 'second', first)
  const currency = (
    await ask.text({
      message: 'In which currency do you reckon?',
      why: 'All amounts that follow are in it. A plan has one currency, because an exchange rate over three years is a guess of its own.',
      example: 'EUR',
      check: isCurrency,
    })
  ).toUpperCase()
  const third = await thirdParty(ask, currency, taken(workspace, 'organizations', first.organization, second.organization))
  const estimate = await buildEstimate(ask)
  const owners = [await economics(ask, first, currency), await economics(ask, second, currency)]
  const sale = await salePart(ask, currency)
  const work = await birth(ask, currency)
  const name = freeName(`${first.organization}-${second.organization}`.slice(0, 60), new Set(workspace?.plans.keys()))
  const plan = {
    apiVersion,
    kind: 'Plan',
    metadata: { name, title: `${first.title} and ${second.title}` },
    spec: {
      status: 'draft',
      startedBy: work.startedBy,
      ...(work.valueMetric ? { valueMetric: work.valueMetric } : {}),
      parties: [...owners.map((owner) => owner.party), ...third.parties],
      ...(sale ? { sale } : {}),
      incentives: owners.flatMap((owner) => owner.incentives),
      ...(work.runBudget === undefined ? {} : { runBudgetPerYear: `${Math.round(work.runBudget)} ${currency}` }),
      assumptions: { currency, ...estimate, seed: 1 },
    },
  }
  return { name, documents: [...first.documents, ...second.documents, ...third.documents, plan] }
}

interface AskedSide {
  organization: string
  platform: string
  title: string
  /** The organization has rates of its own in the workspace. */
  hasRates: boolean
  documents: object[]
}

const isCurrency = (code: string): string | undefined =>
  currencyExponent(code.toUpperCase()) === undefined
    ? `There is no currency ${code}. Use the three letters of ISO 4217, for example EUR, USD or JPY.`
    : undefined

/** Names that a new entity must not take: files of one kind can't share one. */
const taken = (workspace: Workspace | undefined, kind: 'organizations' | 'platforms', ...more: string[]): ReadonlySet<string> =>
  new Set([...(workspace?.[kind].keys() ?? []), ...more])

const isFree =
  (what: string, names: ReadonlySet<string>) =>
  (title: string): string | undefined =>
    slugOf(title) !== 'unnamed' && names.has(slugOf(title))
      ? `There is already a ${what} called ${slugOf(title)}. Give this one another name.`
      : undefined

function freeName(name: string, names: ReadonlySet<string>): string {
  if (!names.has(name)) return name
  let place = 2
  while (names.has(`${name}-${place}`)) place++
  return `${name}-${place}`
}

async function side(ask: Interviewer, workspace: Workspace | undefined, which: 'first' | 'second', other?: AskedSide): Promise<AskedSide> {
  // A bridge has two owners: platforms of the first one are no choice for the second.
  const known = [...(workspace?.platforms.values() ?? [])].filter(({ spec }) => spec.owner !== other?.organization)
  const choice =
    known.length === 0
      ? ''
      : await ask.choose({
          message: `Which is the ${which} platform?`,
          options: [
            ...known.map(({ metadata }) => ({ value: metadata.name, label: metadata.title ?? metadata.name })),
            { value: '', label: 'Another one' },
          ],
        })
  const platform = known.find(({ metadata }) => metadata.name === choice)
  if (!platform)
    return newSide(ask, which, {
      organizations: taken(workspace, 'organizations', ...(other ? [other.organization] : [])),
      platforms: taken(workspace, 'platforms', ...(other ? [other.platform] : [])),
    })
  const organization = workspace!.organizations.get(platform.spec.owner)
  const title = organization?.metadata.title ?? platform.spec.owner
  return { organization: platform.spec.owner, platform: choice, title, hasRates: (organization?.spec.rates.length ?? 0) > 0, documents: [] }
}

async function newSide(
  ask: Interviewer,
  which: string,
  names: Record<'organizations' | 'platforms', ReadonlySet<string>>,
): Promise<AskedSide> {
  const title = await ask.text({
    message: `Which company owns the ${which} platform?`,
    example: 'Acme',
    check: isFree('company', names.organizations),
  })
  const organization = await fileName(ask, 'company', title, names.organizations)
  const platformTitle = await ask.text({
    message: `What is the platform of ${title} called?`,
    example: `${title} CRM`,
    check: isFree('platform', names.platforms),
  })
  const platform = await fileName(ask, 'platform', platformTitle, names.platforms)
  ask.explain(
    'A platform is closed when it hosts no partner code and has no external API: then only its owner can build. Three answers decide that.',
  )
  const fact = async (message: string, why: string) => ({
    answer: await ask.choose({ message, why, options: yesNo }),
    note: 'answered in the plan interview',
  })
  const openness = {
    hostsPartnerCode: await fact(
      `Can a partner’s code run inside ${platformTitle}?`,
      'Apps, plug-ins or scripts of others. If so, others can build and host there.',
    ),
    externalApiRead: await fact(
      `Can others read from ${platformTitle} through a public API?`,
      'An API that only its owner may use does others no good: answer No for it.',
    ),
    externalApiWrite: await fact(
      `Can others write to ${platformTitle} through a public API?`,
      'Without it the bridge is one-way, unless the owner builds inside.',
    ),
  }
  const documents = [
    { apiVersion, kind: 'Organization', metadata: { name: organization, title }, spec: { business: 'product' } },
    { apiVersion, kind: 'Platform', metadata: { name: platform, title: platformTitle }, spec: { owner: organization, openness } },
  ]
  return { organization, platform, title, hasRates: false, documents }
}

/** A name that other files can refer to; letters with marks lose them. */
export function slugOf(title: string): string {
  const plain = title.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 63) || 'unnamed'
  )
}

/**
 * The name by which files refer to something with that title. Where the title has no letter that such a name could have, as in 株式会社東京,
 * the person is asked for one: a made-up name would be in every file of both companies.
 */
async function fileName(ask: Interviewer, what: string, title: string, names: ReadonlySet<string>): Promise<string> {
  if (slugOf(title) !== 'unnamed') return slugOf(title)
  const answer = await ask.text({
    message: `By which short name in Latin letters should files call ${title}?`,
    why: 'Names in files have lower case letters, digits and hyphens; the title stays as you wrote it.',
    example: what === 'platform' ? 'tokyo-crm' : 'tokyo',
    check: (given) => (slugOf(given) === 'unnamed' ? 'Use at least one of the letters a to z, or a digit.' : isFree(what, names)(given)),
  })
  return slugOf(answer)
}

async function thirdParty(
  ask: Interviewer,
  currency: string,
  names: ReadonlySet<string>,
): Promise<{ parties: object[]; documents: object[] }> {
  ask.explain('Somebody else may build or run it: a service company for a fee, or a product company at its own risk.')
  const kind = await ask.choose({
    message: 'Is there a third party to compare with?',
    options: [
      { value: 'none', label: 'No' },
      { value: 'service', label: 'A service company', hint: 'invoices hours; you carry the risk' },
      { value: 'product', label: 'A product company', hint: 'builds and sells the bridge as its own product' },
    ],
  })
  if (kind === 'none') return { parties: [], documents: [] }
  const title = await ask.text({ message: 'What is it called?', example: 'Northbeam', check: isFree('company', names) })
  const organization = await fileName(ask, 'company', title, names)
  const rate = await ask.number({
    message: kind === 'service' ? 'What does it invoice per hour?' : 'What does an hour of its engineers cost it?',
    why:
      kind === 'service'
        ? 'Compared with your own hours; 15 % for coordination and 10 % of your own time to supervise are added.'
        : 'It works at its own risk, so this decides whether it has a reason to.',
    example: String(presetMoney(currency).billedPerHour),
    optional: true,
  })
  const hours = await ask.number({
    message: 'Its own estimate of the build in hours, if it gave one',
    why: 'Left empty, your engineers’ estimate is taken for it too.',
    example: '400',
    optional: true,
  })
  const money = rate === undefined ? {} : { [kind === 'service' ? 'billedPerHour' : 'loadedPerHour']: `${rate} ${currency}` }
  return {
    parties: [{ organization, staffing: 'contracted', ...money, ...(hours ? { buildHours: hours } : {}) }],
    documents: [{ apiVersion, kind: 'Organization', metadata: { name: organization, title }, spec: { business: kind } }],
  }
}

async function buildEstimate(ask: Interviewer): Promise<object> {
  ask.explain(
    'Give the engineers’ plain guess. Half of all builds take more than 1.5 times that, one in ten more than 3 times: the plan reckons with it.',
  )
  const buildHours = await ask.number({ message: 'How many hours of work until the first customer?', example: '400' })
  const buildMonths = await ask.number({
    message: 'How many months would that take?',
    why: 'Nothing is earned before, and an overrun delays it in proportion. Left empty: three.',
    example: '3',
    optional: true,
  })
  return { buildHours: buildHours!, ...(buildMonths ? { buildMonths } : {}) }
}

/** What one owner's hours cost, who would do the work, and what the bridge brings it. */
async function economics(ask: Interviewer, asked: AskedSide, currency: string): Promise<{ party: object; incentives: object[] }> {
  const { organization, platform, title, hasRates } = asked
  ask.explain(
    `${title}. An hour costs what is paid for it and what it would have earned on the next best work: leave a number empty to take the preset, marked as assumption.`,
  )
  const loaded = hasRates
    ? undefined
    : await ask.number({
        message: `What does an hour of an engineer of ${title} cost, all in?`,
        why: 'Salary, employer’s part, place, machines: what the finance department calls the loaded rate.',
        example: String(presetMoney(currency).loadedPerHour),
        optional: true,
      })
  const opportunity = hasRates
    ? undefined
    : await ask.number({
        message: 'And what would the same hour earn elsewhere?',
        why: 'The opportunity cost: what the next best work on the own product would bring. It decides between building and buying.',
        example: String(presetMoney(currency).opportunityPerHour),
        optional: true,
      })
  const staffing = await ask.choose({
    message: `Who at ${title} would work on it?`,
    why: 'A bridge that is built in free time stands still when the free time ends.',
    options: [
      { value: 'assigned', label: 'Named engineers with time for it' },
      { value: 'opportunistic', label: 'Somebody with free time' },
      { value: 'unknown', label: 'Nobody has said' },
    ],
  })
  const cash = await ask.number({
    message: `What would the bridge bring ${title} a year in cash, sales of the bridge itself aside?`,
    why: 'For example deals that are lost without it. Only cash keeps a party working on it; the plan reckons from half to one and a half of it.',
    example: '30000',
    optional: true,
  })
  const soft = await ask.number({
    message: 'And softly a year (customers who stay longer)?',
    why: 'A fifth of it is believed, until an experiment shows more.',
    example: '50000',
    optional: true,
  })
  const range = (likely: number) => ({
    low: `${Math.round(likely * 0.5)} ${currency}`,
    likely: `${Math.round(likely)} ${currency}`,
    high: `${Math.round(likely * 1.5)} ${currency}`,
  })
  const incentive = (kind: 'cash' | 'stickiness', words: string, likely: number | undefined) =>
    likely
      ? [
          {
            id: `${organization}-${kind}`.slice(0, 63),
            title: `${words} ${title}`,
            to: organization,
            kind,
            amount: range(likely),
            note: 'estimated in the plan interview; range of half to one and a half',
          },
        ]
      : []
  return {
    party: {
      organization,
      platform,
      staffing,
      ...(loaded ? { loadedPerHour: `${loaded} ${currency}` } : {}),
      ...(opportunity !== undefined ? { opportunityPerHour: `${opportunity} ${currency}` } : {}),
    },
    incentives: [...incentive('cash', 'Cash for', cash), ...incentive('stickiness', 'Customers stay with', soft)],
  }
}

async function salePart(ask: Interviewer, currency: string): Promise<object | undefined> {
  ask.explain('If customers pay for the bridge itself, the seller takes the price. Other divisions can be written into the file.')
  const price = await ask.number({ message: 'Price per customer and month (empty: it is free)', example: '29', optional: true })
  if (!price) return undefined
  const likely = (await ask.number({
    message: 'How many paying customers, once it has caught on?',
    why: 'It is taken to grow evenly over the first twelve months.',
    example: '100',
  }))!
  const low =
    (await ask.number({
      message: 'And if it goes badly?',
      why: 'The least you would expect. Left empty: half.',
      example: String(Math.round(likely / 2)),
      optional: true,
    })) ?? Math.round(likely / 2)
  const high =
    (await ask.number({
      message: 'And if it goes well?',
      why: 'The most you would expect. Left empty: twice as many.',
      example: String(likely * 2),
      optional: true,
    })) ?? likely * 2
  const [least, middle, most] = [low, likely, high].toSorted((x, y) => x - y)
  return {
    pricePerInstanceMonth: `${price} ${currency}`,
    instances: { low: least!, likely: middle!, high: most! },
    split: { seller: '100%' },
  }
}

async function birth(
  ask: Interviewer,
  currency: string,
): Promise<{ startedBy: string; valueMetric: string; runBudget: number | undefined }> {
  ask.explain(
    'Three things that decide more bridges than code does: who wants it, how one will see that it helps, and who pays for keeping it alive.',
  )
  const startedBy = await ask.choose({
    message: 'Who started this?',
    why: 'What partnership teams alone start needs a product owner on both sides before anything else.',
    options: [
      { value: 'customer', label: 'Customers' },
      { value: 'product', label: 'A product team' },
      { value: 'engineering', label: 'Engineers' },
      { value: 'partnership', label: 'A partnership or sales team' },
      { value: 'unknown', label: 'I don’t know' },
    ],
  })
  const valueMetric = await ask.text({
    message: 'Which number will show that customers are better off? (empty: none yet)',
    why: 'Without one nobody can say later whether it was worth it.',
    example: 'minutes per ticket',
  })
  const runBudget = await ask.number({
    message: `How much a year is set aside to keep it running, in ${currency}? (empty: nobody has said)`,
    why: 'Maintenance, hosting and support come every year; a bridge without a budget for them is borrowed.',
    example: '40000',
    optional: true,
  })
  return { startedBy, valueMetric, runBudget }
}
