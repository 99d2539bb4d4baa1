import { addDays } from '../../agreements/index.ts'
import type { Openness, Platform, Side } from '../../workspace/index.ts'
import { type Check, type CheckContext, fail, notApplicable, notKnown, pass } from '../check.ts'
import { declared, groundsOf, observed, weakest } from '../evidence.ts'

/** Questions without whose answer nobody knows who can build and run the bridge. */
const decisive: readonly (keyof Openness)[] = [
  'hostsPartnerCode',
  'externalApiRead',
  'externalApiWrite',
  'webhooks',
  'sandbox',
  'partnershipRequired',
  'deprecationPolicy',
]

const platformsOf = ({ workspace }: CheckContext, side: Side): Platform[] =>
  side.platforms.map((name) => workspace.platforms.get(name)).filter((platform) => platform !== undefined)

const says = (platform: Platform, question: keyof Openness): string => platform.spec.openness[question]?.answer ?? 'unknown'

/** Closed: hosts no partner code, and no external API reads or writes. One yes opens it; without one, an unknown decides. */
function closedness(platform: Platform): 'closed' | 'open' | 'unknown' {
  const answers = (['hostsPartnerCode', 'externalApiRead', 'externalApiWrite'] as const).map((question) => says(platform, question))
  if (answers.includes('yes')) return 'open'
  return answers.includes('unknown') ? 'unknown' : 'closed'
}

/** Does each platform let the bridge be built, tested and kept? */
export const opennessChecks: readonly Check[] = [
  {
    id: 'openness-known',
    group: 'openness',
    title: 'What each platform lets others do is known',
    gate: 'pilot',
    critical: false,
    side: 'with-platform',
    why: 'Teams have built for months towards an API that needed a partnership contract which nobody had.',
    todo: 'Answer the questions named in the platform’s openness profile, with a link or an attestation.',
    evaluate(context, side) {
      const open = platformsOf(context, side).flatMap((platform) =>
        decisive.filter((question) => says(platform, question) === 'unknown').map((question) => `${platform.metadata.name}: ${question}`),
      )
      if (open.length > 0) return notKnown(`unknown: ${open.join(', ')}`)
      const facts = platformsOf(context, side).flatMap((platform) =>
        decisive.map((question) => groundsOf(platform.spec.openness[question]!)),
      )
      return pass(`${decisive.length} questions answered for ${side.platforms.join(', ')}`, weakest(facts, context.today))
    },
  },
  {
    id: 'builder-has-a-way-in',
    group: 'openness',
    title: 'A closed platform is bridged by its owner',
    gate: 'pilot',
    critical: false,
    side: 'with-platform',
    why: 'Where a platform hosts no partner code and has no external API, only its owner can build. Everybody else can only wait.',
    todo: 'Make the owner the builder, or have the API opened first.',
    evaluate(context, side) {
      const platforms = platformsOf(context, side)
      const closed = platforms.filter((platform) => closedness(platform) === 'closed')
      const { builder } = context.spec
      const blocked = closed.filter((platform) => platform.spec.owner !== builder)
      if (blocked.length > 0)
        return fail(`${blocked.map((platform) => platform.metadata.name).join(', ')} is closed, and ${builder ?? 'nobody'} builds`)
      const unknown = platforms.filter((platform) => closedness(platform) === 'unknown' && platform.spec.owner !== builder)
      if (unknown.length > 0)
        return notKnown(`nobody knows whether ${unknown.map((platform) => platform.metadata.name).join(', ')} lets others in`)
      return pass(
        closed.length > 0 ? `${builder} owns the closed platform and builds` : `${side.platforms.join(', ')} is not closed`,
        declared,
      )
    },
  },
  {
    id: 'program-fee-known',
    group: 'openness',
    title: 'What the partnership costs is known before it is signed',
    gate: 'pilot',
    critical: false,
    side: 'with-platform',
    why: 'A fee that is named after the integration has been built is not negotiated. It is paid.',
    todo: 'Enter the program with its tiers, entry criteria and fees at the platform.',
    evaluate(context, side) {
      const asking = platformsOf(context, side).filter((platform) => says(platform, 'partnershipRequired') === 'yes')
      if (asking.length === 0) return notApplicable(`${side.platforms.join(', ')} asks for no partnership, as far as is known`)
      const without = asking.filter((platform) => !platform.spec.program)
      return without.length === 0
        ? pass('tiers and fees are written down', declared)
        : fail(`no program is written down for ${without.map((platform) => platform.metadata.name).join(', ')}`)
    },
  },
  {
    id: 'sandbox',
    group: 'openness',
    title: 'Each platform can be tested against without real data',
    gate: 'beta',
    critical: false,
    side: 'with-platform',
    why: 'Without a sandbox the first test of every change is a customer.',
    todo: 'Start the sandbox made from the platform’s contract (`bridgekeeper sandbox`), or ask the platform for one.',
    evaluate(context, side) {
      const running = (name: string) => context.facts.sandboxes?.some((sandbox) => sandbox.platform === name) ?? false
      const without = platformsOf(context, side).filter(
        (platform) => !running(platform.metadata.name) && says(platform, 'sandbox') !== 'yes',
      )
      if (without.length > 0) return fail(`no sandbox for ${without.map((platform) => platform.metadata.name).join(', ')}`)
      const seen = side.platforms.every(running)
      const facts = platformsOf(context, side).map((platform) =>
        running(platform.metadata.name) ? observed() : groundsOf(platform.spec.openness.sandbox!),
      )
      return pass(seen ? 'a sandbox is in use' : 'the platform has a sandbox', weakest(facts, context.today))
    },
  },
  {
    id: 'operations-run',
    group: 'openness',
    title: 'Every operation that it calls has worked at least once in 90 days',
    gate: 'beta',
    critical: true,
    side: 'with-platform',
    why: 'Documentation describes what an API should do. Only a call shows what it does, with your rights, today.',
    todo: 'Run the operations named against the sandbox and the real platform.',
    evaluate({ facts: { operations }, today }, side) {
      if (!operations) return notKnown('nobody has recorded which operations it calls')
      const own = operations.filter((operation) => side.platforms.includes(operation.platform))
      if (own.length === 0) return notKnown(`no operation of ${side.platforms.join(', ')} is known to be called`)
      const since = addDays(today, -90)
      const never = own.filter((operation) => operation.succeeded === 0 || (operation.lastSucceededOn ?? '') < since)
      return never.length === 0
        ? pass(`${own.length} operation(s) worked`, observed())
        : fail(`not in 90 days: ${never.map((operation) => operation.operation).join(', ')}`)
    },
  },
  {
    id: 'webhooks-verified',
    group: 'openness',
    title: 'Nobody can pretend to be the platform',
    gate: 'beta',
    critical: true,
    side: 'with-platform',
    why: 'An unsigned webhook is a door through which anybody on the internet writes into the other company’s data.',
    todo: 'Declare the platform’s signature scheme and set its secret; ask a platform without one to sign.',
    evaluate(context, side) {
      const sending = platformsOf(context, side).filter((platform) => platform.spec.webhooks)
      if (sending.length === 0) return notApplicable(`${side.platforms.join(', ')} sends no webhooks here`)
      const open = sending.filter((platform) => platform.spec.webhooks!.verification.scheme === 'unverified')
      if (open.length > 0) return fail(`unverified: ${open.map((platform) => platform.metadata.name).join(', ')}`)
      const seen = (name: string) => context.facts.deliveries?.some((delivery) => delivery.platform === name && delivery.verified > 0)
      const names = sending.map((platform) => platform.metadata.name)
      return names.every(seen)
        ? pass(`signatures of ${names.join(', ')} were verified in 30 days`, observed())
        : pass(`a scheme is declared for ${names.join(', ')}, no delivery has proved it`, declared)
    },
  },
  {
    id: 'deprecation-policy',
    group: 'openness',
    title: 'Each platform has a published promise on how it changes',
    gate: 'ga',
    critical: false,
    side: 'with-platform',
    why: 'Where a platform promises no notice, the agreement must: otherwise the only notice is the outage.',
    todo: 'Ask for a published policy, or write notice periods into the agreement and enter a known gap.',
    evaluate(context, side) {
      const without = platformsOf(context, side).filter((platform) => says(platform, 'deprecationPolicy') !== 'yes')
      if (without.length > 0) return fail(`none known: ${without.map((platform) => platform.metadata.name).join(', ')}`)
      return pass(
        'published',
        weakest(
          platformsOf(context, side).map((platform) => groundsOf(platform.spec.openness.deprecationPolicy!)),
          context.today,
        ),
      )
    },
  },
]
