import type { PlanReport } from '../evaluate-plan.ts'
import { holders, roleNames, shortMoney } from '../format.ts'
import type { Scenario } from '../option.ts'
import { type PlanInputs, roles, type Side, sides } from '../plan-inputs.ts'
import type { RankedOption } from '../rank-options.ts'
import { fitText, type Ink, type Scene, type Shape } from './scene.ts'

const width = 320
const height = 240
const box = { top: 52, width: 94, height: 100 } as const
const left: Record<Side, number> = { a: 14, b: width - 14 - box.width }

const titles: Record<Scenario, string> = { 1: 'Closed', 2: 'Open', 3: 'Middleware' }
const subtitles: Record<Scenario, string> = {
  1: 'only the owner can build, inside',
  2: 'an owner builds on the other’s API',
  3: 'somebody stands between them',
}

/**
 * The three ways in which two platforms can be bridged, as they look in this plan: who would do what in the best option
 * of each, or why there is none. The first of all options is marked.
 */
export function scenarioPictures(report: PlanReport): Scene[] {
  return ([1, 2, 3] as const).map((scenario) => scenarioPicture(report, scenario))
}

function scenarioPicture(report: PlanReport, scenario: Scenario): Scene {
  const best = report.options.find((option) => option.scenario === scenario)
  const isChosen = best !== undefined && best === report.options[0]
  const codeSide = sideOfCode(report, scenario, best)
  const shapes: Shape[] = [
    {
      kind: 'rect',
      x: 0.75,
      y: 0.75,
      width: width - 1.5,
      height: height - 1.5,
      radius: 10,
      fill: 'paper',
      stroke: isChosen ? 'bridge' : 'line',
      strokeWidth: isChosen ? 2 : 1,
      dash: best === undefined,
    },
    { kind: 'text', x: 14, y: 24, text: `${scenario}  ${titles[scenario]}`, size: 13, bold: true, fill: best ? 'ink' : 'muted' },
    { kind: 'text', x: 14, y: 39, text: subtitles[scenario], size: 9.5, fill: 'muted' },
    ...badge(report, best, isChosen),
    ...sides.flatMap((side) => platformBox(report, scenario, side, best !== undefined)),
    ...bridge(codeSide, best === undefined ? 'line' : 'bridge'),
    ...(best ? rolesBelow(report.inputs, best) : reasonBelow(report, scenario)),
  ]
  return { width, height, title: describe(report, scenario, best), shapes }
}

/** Where the code of the bridge runs: inside a platform, or between them. */
function sideOfCode(report: PlanReport, scenario: Scenario, best: RankedOption | undefined): Side | 'between' {
  if (scenario === 3) return 'between'
  if (best) return sides.find((side) => report.inputs.platforms[side].owner === best.roles.host) ?? 'between'
  if (scenario === 1) return report.closed.a === 'yes' ? 'a' : 'b'
  return 'a'
}

const chosenWords = {
  start: 'best',
  'settle-first': 'best, once settled',
  'do-not-start': 'least bad',
  undetermined: 'best, if true',
} as const

function badge(report: PlanReport, best: RankedOption | undefined, isChosen: boolean): Shape[] {
  const [text, fill]: [string, Ink] = !best
    ? ['not possible', 'muted']
    : isChosen
      ? [chosenWords[report.verdict.answer], 'bridge']
      : [best.feasible === 'unknown' ? 'unknown' : `${shortMoney(best.together.p50)} ${report.inputs.currency}`, 'muted']
  return [{ kind: 'text', x: width - 14, y: 24, text, size: 10, bold: isChosen, anchor: 'end', fill }]
}

function platformBox(report: PlanReport, scenario: Scenario, side: Side, possible: boolean): Shape[] {
  const platform = report.inputs.platforms[side]
  const x = left[side]
  const centre = x + box.width / 2
  // Scenario 1 is about a closed platform; where none is closed, the picture shows how it would look for B.
  const closed = report.closed[side] === 'yes' || (scenario === 1 && !sides.some((other) => report.closed[other] === 'yes') && side === 'b')
  const ink: Ink = possible ? side : 'line'
  const names = wrap(platform.name, 15)
    .slice(0, 2)
    .map((line) => fitText(line, box.width - 8, 11))
  return [
    {
      kind: 'rect',
      x,
      y: box.top,
      width: box.width,
      height: box.height,
      radius: 6,
      fill: 'soft',
      stroke: ink,
      strokeWidth: closed ? 3 : 1.5,
    },
    ...names.map((line, index): Shape => {
      const text = fitText(line, box.width - 6, 10)
      return {
        kind: 'text',
        x: centre,
        y: box.top + 16 + index * 12,
        text,
        size: 10,
        bold: true,
        anchor: 'middle',
        fill: possible ? 'ink' : 'muted',
      }
    }),
    { kind: 'text', x: centre, y: box.top + box.height - 8, text: closed ? 'closed' : 'open', size: 9, anchor: 'middle', fill: 'muted' },
    ...(closed ? padlock(x + box.width - 14, box.top - 3, ink) : port(side, ink)),
  ]
}

/** The external API: a ring on the edge that faces the other platform. */
function port(side: Side, ink: Ink): Shape[] {
  const x = side === 'a' ? left.a + box.width : left.b
  return [{ kind: 'circle', x, y: portY, radius: 4.5, fill: 'paper', stroke: ink }]
}

const portY = box.top + 62

function padlock(x: number, y: number, ink: Ink): Shape[] {
  return [
    { kind: 'rect', x: x - 4, y: y - 8, width: 8, height: 10, radius: 4, stroke: ink, strokeWidth: 1.5 },
    { kind: 'rect', x: x - 6.5, y: y - 3, width: 13, height: 10, radius: 2, fill: ink },
  ]
}

const code = { width: 56, height: 26 } as const

function bridge(where: Side | 'between', ink: Ink): Shape[] {
  const middle = width / 2
  const x = where === 'between' ? middle - code.width / 2 : left[where] + (box.width - code.width) / 2
  const y = portY - code.height / 2
  const toPort = (side: Side): Shape => {
    const portX = side === 'a' ? left.a + box.width + 6 : left.b - 6
    const fromX = side === 'a' ? x - 2 : x + code.width + 2
    return {
      kind: 'path',
      points: [
        [fromX, portY],
        [portX, portY],
      ],
      stroke: ink,
      strokeWidth: 2,
      arrow: true,
    }
  }
  const arrows = where === 'between' ? [toPort('a'), toPort('b')] : [toPort(where === 'a' ? 'b' : 'a')]
  return [
    ...arrows,
    { kind: 'rect', x, y, width: code.width, height: code.height, radius: 5, fill: ink },
    { kind: 'text', x: x + code.width / 2, y: y + 17, text: 'bridge', size: 11, bold: true, anchor: 'middle', fill: 'paper' },
  ]
}

function rolesBelow(inputs: PlanInputs, best: RankedOption): Shape[] {
  const names = holders(inputs, best.roles)
  return roles.flatMap((role, index): Shape[] => {
    const x = index % 2 === 0 ? 14 : width / 2 + 4
    const y = 178 + Math.floor(index / 2) * 32
    return [
      { kind: 'text', x, y, text: roleNames[role], size: 9.5, fill: 'muted' },
      { kind: 'text', x, y: y + 14, text: fitText(names[index]!, width / 2 - 20, 11, true), size: 11, bold: true },
    ]
  })
}

function reasonBelow(report: PlanReport, scenario: Scenario): Shape[] {
  const lines = wrap(whyNot(report, scenario), 52)
  return lines.slice(0, 4).map((text, index) => ({ kind: 'text', x: 14, y: 180 + index * 15, text, size: 10.5, fill: 'muted' }))
}

function whyNot(report: PlanReport, scenario: Scenario): string {
  const { inputs, closed } = report
  const closedNames = sides.filter((side) => closed[side] === 'yes').map((side) => inputs.platforms[side].name)
  if (scenario === 1)
    return `Neither ${inputs.platforms.a.name} nor ${inputs.platforms.b.name} is known to be closed, so nobody is confined to this.`
  if (closedNames.length > 0)
    return `${closedNames.join(' and ')} hosts no partner code and has no external API, so nobody outside can build.`
  return factAgainst(report, scenario) ?? 'Each such option is forbidden; the list of infeasible options says why.'
}

/** What stands against the option of this kind that is nearest to being possible. */
function factAgainst({ infeasible, inputs }: PlanReport, scenario: Scenario): string | undefined {
  const owners = sides.map((side) => inputs.platforms[side].owner)
  const ofThisKind = infeasible.filter(({ roles: held }) => owners.includes(held.host) === (scenario === 2))
  return ofThisKind.toSorted((x, y) => x.obstacles.length - y.obstacles.length)[0]?.obstacles[0]?.fact
}

/** Breaks a text into lines of at most so many letters; a longer word stands alone. */
export function wrap(text: string, letters: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length + 1 <= letters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function describe(report: PlanReport, scenario: Scenario, best: RankedOption | undefined): string {
  const name = `Scenario ${scenario}, ${titles[scenario].toLowerCase()}: ${subtitles[scenario]}.`
  if (!best) return `${name} ${whyNot(report, scenario)}`
  const names = holders(report.inputs, best.roles)
  return `${name} ${roles.map((role, index) => `${roleNames[role]}: ${names[index]}`).join('; ')}.`
}
