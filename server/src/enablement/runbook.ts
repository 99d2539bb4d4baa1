import type { Side } from '../workspace/index.ts'
import { knownGapLines } from './common-lines.ts'
import { claim, fact, type Line, makeSheet, missing, type Sheet } from './sheet.ts'
import { contactInWords, contactOf, peopleBehind, personInWords, type Source, titleOf } from './source.ts'

/** A runbook's bones: what can be known from the files is filled in, what only people know is asked for by name. */
export function runbookSheet(source: Source): Sheet {
  const { spec, report } = source
  const { sides, scenarios } = spec
  return makeSheet({ title: `Runbook: ${report.title}`, reader: 'for whoever is called', asOf: report.asOf, isPublic: false }, [
    {
      heading: '1. What has stopped?',
      lines:
        scenarios.length > 0
          ? scenarios.map((scenario) => scenarioLine(source, scenario))
          : [missing('Nobody has written down what customers rely on (spec.scenarios)')],
    },
    {
      heading: '2. Whose side is it?',
      lines: [
        fact('`bridgekeeper parked list` shows parked runs by reason, with the first error of each group.'),
        fact('Timeouts and 5xx of one platform point to its owner; 401 and 403 to the connection; schema errors to a change of contract.'),
        ...sides.flatMap((side) => side.platforms.map((platform) => platformLine(source, platform))),
      ],
    },
    { heading: '3. Whom to call', lines: sides.flatMap((side) => sideLines(source, side)) },
    {
      heading: '4. What to do on each side',
      lines: sides
        .filter((side) => side.platforms.length > 0)
        .map((side) =>
          missing(
            `How ${titleOf(source, side.organization)} is checked, restarted and rolled back; to be written by ${writers(source, side)}`,
          ),
        ),
    },
    {
      heading: '5. Afterwards',
      lines: [
        fact('Replay parked runs with a dry run first, tell the customers affected, agree on the date of the review with both sides.'),
      ],
    },
    { heading: 'Known gaps', lines: knownGapLines(source) },
  ])
}

function scenarioLine({ report }: Source, { title, critical, canaryEvery }: Source['spec']['scenarios'][number]): Line {
  if (!critical) return fact(title)
  return canaryEvery
    ? claim(report, `${title}: critical, a canary crosses it`, 'canaries')
    : missing(`${title}: critical, and no canary watches it`)
}

function platformLine({ judgement }: Source, name: string): Line {
  const platform = judgement.workspace.platforms.get(name)
  return fact(`${platform?.metadata.title ?? name}: ${platform?.spec.baseUrl ?? 'its address is set per connection'}`)
}

function sideLines(source: Source, side: Side): Line[] {
  const name = titleOf(source, side.organization)
  const onCall = peopleBehind(source, side, 'on-call')
  const contact = contactOf(source, side, 'incidents') ?? contactOf(source, side, 'support')
  const levels = side.escalation.map(({ people }, level) =>
    fact(`${name}, level ${level + 1}: ${people.map((person) => personInWords(source, person)).join(', ')}`),
  )
  return [
    contact ? fact(`${name}: ${contactInWords(contact)}`) : missing(`${name}: no contact for incidents or support`),
    onCall.length > 0 ? fact(`${name}, on call: ${onCall.join(', ')}`) : missing(`${name}: nobody is on call`),
    ...(levels.length > 0 ? levels : [missing(`${name}: no escalation`)]),
  ]
}

const writers = (source: Source, side: Side): string => peopleBehind(source, side, 'on-call')[0] ?? `whoever goes on call there (nobody is)`
