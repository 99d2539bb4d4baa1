import { boundInWords, lengthInWords, measurableOf, remedyInWords } from '../agreements/index.ts'
import { mayBindInstance, relationships } from '../readiness/index.ts'
import type { Side } from '../workspace/index.ts'
import { documentationLines, headline, knownGapLines, priceLine, requirementLines, stageIsProved, stageLine } from './common-lines.ts'
import { claim, fact, type Line, makeSheet, missing, type Sheet } from './sheet.ts'
import { contactInWords, contactOf, peopleBehind, peopleIn, type Source, titleOf } from './source.ts'

const head = (source: Source, title: string, side: Side) => ({
  title: `${title}: ${source.report.title}`,
  reader: `for ${titleOf(source, side.organization)}`,
  side: side.organization,
  asOf: source.report.asOf,
  isPublic: false,
})

const others = (source: Source, side: Side): Side[] => source.spec.sides.filter((other) => other !== side)

/** What one side's sales people may say, to whom they may sell, and what they must not promise. */
export function salesSheet(source: Source, side: Side): Sheet {
  const { spec, report } = source
  const { sells, brand } = relationships[spec.relationship]
  return makeSheet(head(source, 'Sales sheet', side), [
    { heading: 'What it is', lines: [...headline(source), stageLine(source), maySell(source)] },
    { heading: 'What you can say', lines: salesClaims(source) },
    { heading: 'What it costs', lines: [priceLine(source)] },
    { heading: 'What the customer needs', lines: requirementLines(source) },
    { heading: 'Who sells', lines: [claim(report, `${spec.relationship}: ${sells} Brand: ${brand}`, 'relationship-kept')] },
    { heading: 'Say openly', lines: knownGapLines(source) },
    { heading: 'Your colleagues', lines: [side, ...others(source, side)].map((one) => colleagueLine(source, one, 'sales')) },
  ])
}

function maySell({ report }: Source): Line {
  const stage = stageIsProved(report) ? report.stage : 'experimental'
  const verdict = mayBindInstance({ name: report.integration, stage, instances: 0 }, { name: 'a customer', paying: true })
  if (verdict.allowed) return fact(`It is in ${stage}: it may be sold.`)
  const hope = stage === report.stage ? '' : ` (its file says ${report.stage}, and no gate has agreed)`
  return missing(`It is in ${stage}${hope}: it must not be sold. ${verdict.error.fix}`)
}

function salesClaims(source: Source): Line[] {
  const { spec, report, agreement } = source
  const { valueMetric } = spec
  const from = valueMetric?.baseline === undefined ? '' : ` from ${valueMetric.baseline}`
  const notice = agreement && lengthInWords(agreement.spec.changes.notice.breaking)
  return [
    ...(valueMetric
      ? [claim(report, `The aim: ${valueMetric.title}${from} to ${valueMetric.target} ${valueMetric.unit}.`, 'value-metric')]
      : []),
    claim(report, 'Customers outside both companies use it today.', 'active-customers'),
    claim(report, 'It has met its service levels for the last 28 days.', 'service-level-met'),
    claim(report, 'Both companies are bound by a signed agreement.', 'agreement-signed', 'commitment-coverage'),
    claim(report, 'Both companies are on call for it, and have drilled it.', 'anchor-on-call', 'on-call-drilled'),
    ...(notice
      ? [claim(report, `Breaking changes are announced ${notice} ahead.`, 'agreement-signed', 'anchor-change-notice', 'no-silent-change')]
      : []),
    claim(report, 'Running it is paid for the next twelve months.', 'maintenance-funded'),
    claim(report, 'The agreement does not end before what customers pay for.', 'agreement-outlives-customers'),
  ]
}

function colleagueLine(source: Source, side: Side, role: 'sales' | 'support' | 'engineering'): Line {
  const people = peopleIn(source, side, role)
  const name = titleOf(source, side.organization)
  return people.length > 0 ? fact(`${name}, ${role}: ${people.join(', ')}`) : missing(`${name}: nobody in ${role}`)
}

/** How one side brings a customer onto the bridge. */
export function onboardingSheet(source: Source, side: Side): Sheet {
  const { spec, report } = source
  const firstLine = spec.support ? titleOf(source, spec.support.firstLine) : undefined
  return makeSheet(head(source, 'Onboarding sheet', side), [
    { heading: 'Before you begin', lines: [maySell(source), ...requirementLines(source)] },
    { heading: 'Accounts to connect', lines: spec.sides.flatMap((one) => one.platforms.map((name) => accountLine(source, name))) },
    {
      heading: 'Try it first',
      lines: spec.sides
        .filter((one) => one.platforms.length > 0)
        .map((one) =>
          claim(report, `${titleOf(source, one.organization)} can be tested without real data.`, {
            check: 'sandbox',
            side: one.organization,
          }),
        ),
    },
    {
      heading: 'What the customer reads',
      lines: [
        claim(report, 'The guide is there and was reviewed.', 'customer-docs', 'docs-fresh'),
        ...documentationLines(source, ['customer-admin', 'onboarding']),
      ],
    },
    {
      heading: 'When the customer asks',
      lines: firstLine
        ? [claim(report, `${firstLine} answers first.`, 'first-line', { check: 'support-contact-tested', side: spec.support!.firstLine })]
        : [missing('Nobody has decided who answers the customer')],
    },
    { heading: 'Say openly', lines: knownGapLines(source) },
    { heading: 'Your colleagues', lines: [side, ...others(source, side)].map((one) => colleagueLine(source, one, 'engineering')) },
  ])
}

function accountLine({ judgement, spec }: Source, name: string): Line {
  const platform = judgement.workspace.platforms.get(name)
  if (!platform) return missing(`${name} is not described`)
  const { authentication, openness } = platform.spec
  const review = openness.appReview?.answer === 'yes' ? '; the platform reviews each app first' : ''
  const trial = spec.price?.trial ? `; trial ${lengthInWords(spec.price.trial)}` : ''
  return fact(
    `${platform.metadata.title ?? name}: ${authentication.kind === 'none' ? 'no credential' : `a credential of kind ${authentication.kind}`}${review}${trial}`,
  )
}

/** Whose turn it is, whom to call, and what was promised, as one side's support sees it. */
export function supportSheet(source: Source, side: Side): Sheet {
  const { spec, report } = source
  const firstLine = spec.support?.firstLine
  return makeSheet(head(source, 'Support sheet', side), [
    {
      heading: 'Who answers the customer',
      lines: firstLine
        ? [
            claim(
              report,
              `${titleOf(source, firstLine)} answers the customer first${firstLine === side.organization ? ': that is you' : ''}.`,
              'first-line',
              'relationship-kept',
            ),
          ]
        : [missing('Nobody has decided it')],
    },
    { heading: 'Whom you call', lines: others(source, side).flatMap((one) => partnerLines(source, one)) },
    { heading: 'Your own people', lines: [onCallLine(source, side), colleagueLine(source, side, 'support')] },
    { heading: 'What the other side owes you', lines: others(source, side).flatMap((one) => promiseLines(source, one.organization)) },
    { heading: 'What you owe', lines: promiseLines(source, side.organization) },
    {
      heading: 'How you see that it stopped',
      lines: spec.scenarios.filter(({ critical }) => critical).map(({ title }) => claim(report, `A canary watches: ${title}.`, 'canaries')),
    },
    {
      heading: 'What to do',
      lines: [claim(report, 'There is a runbook.', 'runbook'), ...documentationLines(source, ['support', 'operations'])],
    },
    { heading: 'Known, and not your fault', lines: knownGapLines(source) },
  ])
}

function partnerLines(source: Source, side: Side): Line[] {
  const contact = contactOf(source, side, 'support')
  const name = titleOf(source, side.organization)
  const reach = contact ? fact(`${name}: ${contactInWords(contact)}`) : missing(`${name} has no support contact`)
  const tested = contact
    ? [
        claim(source.report, `${name}’s support contact answered a test within 24 hours.`, {
          check: 'support-contact-tested',
          side: side.organization,
        }),
      ]
    : []
  return [reach, ...tested, onCallLine(source, side)]
}

function onCallLine(source: Source, side: Side): Line {
  const people = peopleBehind(source, side, 'on-call')
  const name = titleOf(source, side.organization)
  if (people.length === 0) return missing(`${name}: nobody is on call`)
  return claim(source.report, `${name}, on call: ${people.join(', ')}`, { check: 'anchor-on-call', side: side.organization })
}

/** Only what is measured counts as a promise; best effort is told as what it is. */
function promiseLines(source: Source, party: string): Line[] {
  const { agreement, report } = source
  const about = (agreement?.spec.commitments ?? []).filter(
    (commitment) => commitment.party === party && ['on-call', 'slo', 'support', 'change-notice'].includes(commitment.duty ?? ''),
  )
  if (about.length === 0)
    return [missing(`${titleOf(source, party)} has promised nothing about support, service level or notice that is in force`)]
  const binding = agreement ? measurableOf(agreement) : []
  return about.map((commitment) =>
    binding.includes(commitment)
      ? claim(report, `${commitment.does}: ${boundInWords(commitment)}, ${remedyInWords(commitment)}`, 'agreement-signed')
      : missing(`${commitment.does} (best effort: nobody owes it)`),
  )
}
