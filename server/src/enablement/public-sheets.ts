import { percent } from '../workspace/index.ts'
import { documentationLines, knownGapLines, priceLine, requirementLines, stageLine } from './common-lines.ts'
import { claim, fact, type Line, makeSheet, type Sheet } from './sheet.ts'
import { type Source, titleOf } from './source.ts'

/** What a catalogue shows to a customer who has never heard of it. */
export function listingSheet(source: Source): Sheet {
  const { integration, spec, report } = source
  const platforms = spec.sides
    .flatMap((side) => side.platforms)
    .map((name) => source.judgement.workspace.platforms.get(name)?.metadata.title ?? name)
  const supporter = spec.support && titleOf(source, spec.support.firstLine)
  const words = [spec.marketing?.headline, integration.metadata.description].filter((line): line is string => Boolean(line))
  return makeSheet({ title: report.title, reader: `connects ${platforms.join(' and ')}`, asOf: report.asOf, isPublic: true }, [
    { heading: 'What it does', lines: words.map(fact) },
    { heading: 'Status', lines: [stageLine(source), ...statusClaims(source), ...endLines(source)] },
    { heading: 'Price', lines: [priceLine(source)].filter(({ kind }) => kind !== 'missing') },
    { heading: 'What you need', lines: requirementLines(source).filter((line) => line.kind === 'fact') },
    {
      heading: 'Support',
      lines: supporter
        ? [
            claim(report, `${supporter} answers your questions.`, 'first-line', {
              check: 'support-contact-tested',
              side: spec.support!.firstLine,
            }),
          ]
        : [],
    },
    { heading: 'Read more', lines: documentationLines(source, ['customer-admin', 'end-user']) },
    { heading: 'Good to know', lines: knownGapLines(source, 'customers') },
  ])
}

function statusClaims({ spec, report }: Source): Line[] {
  const availability = spec.serviceLevels.find((level) => level.indicator === 'availability')
  return [
    claim(report, 'Used by customers today.', 'active-customers'),
    ...(availability
      ? [claim(report, `Available at least ${percent(availability.objective.ppm)} of the time over the last 28 days.`, 'service-level-met')]
      : []),
    claim(report, 'Both companies stand behind it.', 'agreement-signed', 'anchor-owner', 'anchor-on-call'),
  ]
}

function endLines({ spec: { windDown } }: Source): Line[] {
  if (!windDown) return []
  const successor = windDown.successor === 'none' ? 'There is no successor' : `Its successor is ${windDown.successor}`
  return [fact(`Last day: ${windDown.lastDay}. ${successor}. How to move: ${windDown.migration}`)]
}

/** A draft of what to tell customers about the time since a day, and of what is promised next. */
export function releaseNotes(source: Source, since: string): Sheet {
  const { spec, report } = source
  const done = spec.roadmap.filter((item) => item.doneOn !== undefined && item.doneOn > since && item.doneOn <= report.asOf)
  const closed = spec.knownGaps.filter(
    (gap) => gap.duty === undefined && gap.closedOn !== undefined && gap.closedOn > since && gap.closedOn <= report.asOf,
  )
  const next = spec.roadmap.filter(
    (item) => item.commitment === 'committed' && !item.doneOn && item.targetDate !== undefined && item.targetDate >= report.asOf,
  )
  const told = (kinds: readonly string[]) =>
    done.filter((item) => kinds.includes(item.kind)).map((item) => fact(`${item.title} (${item.doneOn})`))
  const stage = spec.stageSince !== undefined && spec.stageSince > since && spec.stage === report.stage ? [stageLine(source)] : []
  return makeSheet(
    { title: `${report.title}: release notes (draft)`, reader: `${since} to ${report.asOf}`, asOf: report.asOf, isPublic: true },
    [
      { heading: 'Status', lines: [...stage, ...endLines(source)] },
      { heading: 'New', lines: told(['feature']) },
      { heading: 'Maintained', lines: told(['maintenance', 'upgrade']) },
      { heading: 'Removed', lines: told(['removal']) },
      { heading: 'Mended', lines: closed.map((gap) => fact(gap.title)) },
      { heading: 'Still open', lines: knownGapLines(source, 'customers') },
      {
        heading: 'Coming',
        lines: next.map((item) =>
          claim(
            report,
            `${item.title}, until ${item.targetDate} (${titleOf(source, item.side)})`,
            { check: 'roadmap-shared', side: item.side },
            { check: 'promises-pushed', side: item.side },
          ),
        ),
      },
    ],
  )
}
