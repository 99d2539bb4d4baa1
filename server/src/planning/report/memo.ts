import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import type { PlanReport } from '../evaluate-plan.ts'
import { answerWords, fullMoney, nameOf, percent, withUnit } from '../format.ts'
import { knobsOf, type Provenance } from '../knobs.ts'
import { describeRoles, endSentence } from '../verdict.ts'
import { halfWidth } from './charts/axes.ts'
import { balanceChart } from './charts/balance-chart.ts'
import { breakEvenChart } from './charts/break-even-chart.ts'
import { histogramChart } from './charts/histogram-chart.ts'
import { tornadoChart } from './charts/tornado-chart.ts'
import { type Canvas, drawScene, printInks } from './draw-scene.ts'
import { inPrintableLetters } from './memo-letters.ts'
import { scenarioPictures } from './pictures.ts'
import { breakEvenSentence } from './sections.ts'

const page = { width: 595.28, height: 841.89, margin: 40 } as const
const inner = page.width - 2 * page.margin
const column = (inner - 20) / 2

/**
 * The decision on one A4 page, for people who were not in the room. What does not fit is left to the page and the JSON;
 * the memo says so. The same report yields the same bytes.
 */
export async function renderMemo(given: PlanReport, provenance: Readonly<Record<string, Provenance>>): Promise<Uint8Array> {
  const { report, left } = inPrintableLetters(given)
  // No clock goes into the file: its dates are those of a fixed day, its id follows from its content.
  const info = { Title: `${report.inputs.title}: decision memo`, CreationDate: new Date(0), ModDate: new Date(0) }
  const document = new PDFDocument({ size: 'A4', margin: page.margin, info, autoFirstPage: true, lang: 'en' })
  document
    .registerFont('regular', await font('400Regular/Inter_400Regular.ttf'))
    .registerFont('bold', await font('600SemiBold/Inter_600SemiBold.ttf'))
  const chunks: Uint8Array[] = []
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => document.on('end', resolve).on('error', reject))
  drawMemo(document, report, provenance, left)
  document.end()
  await ended
  return Buffer.concat(chunks)
}

const require = createRequire(import.meta.url)
const font = (file: string): Promise<Buffer> => readFile(require.resolve(`@expo-google-fonts/inter/${file}`))

function drawMemo(canvas: Canvas, report: PlanReport, provenance: Readonly<Record<string, Provenance>>, left: boolean): void {
  let y = drawHead(canvas, report)
  y = drawConditions(canvas, report, y + 8)
  y = drawPictures(canvas, report, y + 8)
  if (report.best) y = drawNumbers(canvas, report, y + 12)
  drawFlags(canvas, report, y + 8)
  drawFoot(canvas, report, provenance, left)
}

/** Writes text that is cut with an ellipsis where its box ends; returns where it ended. */
function write(
  canvas: Canvas,
  text: string,
  x: number,
  y: number,
  options: { width: number; size: number; bold?: boolean; color?: string; height?: number },
): number {
  canvas
    .font(options.bold ? 'bold' : 'regular')
    .fontSize(options.size)
    .fillColor(options.color ?? printInks.ink)
  const natural = canvas.heightOfString(text, { width: options.width, lineGap: 1.2 })
  const height = Math.min(natural, options.height ?? Number.POSITIVE_INFINITY)
  canvas.text(text, x, y, { width: options.width, height: height + 0.5, lineGap: 1.2, ellipsis: true })
  return y + height
}

const answerInks = {
  start: printInks.good,
  'settle-first': printInks.b,
  'do-not-start': printInks.bad,
  undetermined: printInks.muted,
} as const

function drawHead(canvas: Canvas, { inputs, verdict }: PlanReport): number {
  const { margin } = page
  write(canvas, 'DECISION MEMO', margin, 34, { width: inner, size: 7.5, bold: true, color: printInks.bridge })
  let y = write(canvas, inputs.title, margin, 45, { width: inner - 110, size: 20, bold: true, height: 26 })
  y = write(canvas, inputs.question, margin, y + 2, { width: inner, size: 9.5, color: printInks.muted, height: 25 })
  const label = answerWords[verdict.answer]
  canvas.font('bold').fontSize(10)
  const width = canvas.widthOfString(label) + 20
  canvas.roundedRect(page.width - margin - width, 46, width, 20, 10).fill(answerInks[verdict.answer])
  canvas.fillColor('#ffffff').text(label, page.width - margin - width, 51, { width, align: 'center', lineBreak: false })
  const top = y + 9
  let bottom = write(canvas, verdict.headline, margin + 12, top, { width: inner - 12, size: 12.5, bold: true, height: 50 })
  for (const reason of verdict.reasons.slice(0, 4))
    bottom = write(canvas, `•  ${reason}`, margin + 12, bottom + 3, { width: inner - 12, size: 8.5, height: 24 })
  canvas.rect(margin, top, 4, bottom - top).fill(answerInks[verdict.answer])
  return bottom
}

function drawPictures(canvas: Canvas, report: PlanReport, y: number): number {
  const gap = 10
  const width = (inner - 2 * gap) / 3
  const heights = scenarioPictures(report).map((scene, index) => drawScene(canvas, scene, page.margin + index * (width + gap), y, width))
  return y + Math.max(...heights)
}

function heading(canvas: Canvas, text: string, x: number, y: number): number {
  return write(canvas, text, x, y, { width: column, size: 9.5, bold: true }) + 4
}

function drawNumbers(canvas: Canvas, report: PlanReport, y: number): number {
  const right = page.margin + column + 20
  let left = heading(canvas, 'Who, in the best options', page.margin, y)
  left = drawOptions(canvas, report, left)
  left = heading(canvas, 'Who carries it, and would they keep it up?', page.margin, left + 8)
  left = drawParties(canvas, report, left)
  left += 6 + drawScene(canvas, balanceChart(report, halfWidth), page.margin, left + 6, column)
  let other = heading(canvas, 'How sure is it? Joint value of option 1', right, y)
  other += drawScene(canvas, histogramChart(report), right, other, column)
  other = heading(canvas, 'What matters most', right, other + 8)
  other += drawScene(canvas, tornadoChart(report, 7, halfWidth), right, other, column)
  const breakEven = report.best!.breakEvens[0]
  if (breakEven) {
    other = heading(canvas, 'Own engineers or a supplier?', right, other + 8)
    other = write(canvas, breakEvenSentence(report, breakEven), right, other, { width: column, size: 8, height: 44 }) + 4
    const chart = breakEvenChart(report)!
    const chartHeight = (chart.height / chart.width) * column
    if (other + chartHeight < footTop - 30) other += drawScene(canvas, chart, right, other, column)
  }
  return Math.max(left, other)
}

/** Positions of right-aligned numbers behind a name. */
const numberColumns = [160, 204, 247] as const

function row(canvas: Canvas, name: string, numbers: readonly string[], y: number, bold: boolean): number {
  const end = write(canvas, name, page.margin, y, { width: 118, size: 8, bold, height: 31 })
  for (const [index, number] of numbers.entries()) {
    canvas.font(bold ? 'bold' : 'regular').fontSize(8)
    canvas.text(number, page.margin + numberColumns[index]! - canvas.widthOfString(number), y, { lineBreak: false })
  }
  return Math.max(end, y + 10) + 2.5
}

function drawOptions(canvas: Canvas, report: PlanReport, y: number): number {
  let bottom = row(canvas, `Joint value, ${report.inputs.currency}`, ['P10', 'P50', 'P90'], y, false)
  for (const [index, option] of report.options.slice(0, 3).entries()) {
    const mark = option.holds ? '' : ' (not kept up)'
    bottom = row(
      canvas,
      `${index + 1}  ${describeRoles(report.inputs, option)}${mark}`,
      [option.together.p10, option.together.p50, option.together.p90].map((value) => fullMoney(report.inputs, value).replace(/ \w+$/, '')),
      bottom,
      index === 0,
    )
  }
  return bottom
}

function drawParties(canvas: Canvas, report: PlanReport, y: number): number {
  const best = report.options[0]!
  return best.incentives.reduce((bottom, check) => {
    const name = nameOf(report.inputs, check.party)
    const text = `${name}: ${endSentence(check.endsAboutMonth)}; covered in ${percent(1 - check.cash.lossProbability)} of the cases.`
    return write(canvas, text, page.margin, bottom, { width: column, size: 8, height: 21 }) + 2
  }, y)
}

const footTop = page.height - 70

/** What must happen first, or would change the answer: too important to depend on the space that the charts leave. */
function drawConditions(canvas: Canvas, { verdict }: PlanReport, y: number): number {
  if (verdict.conditions.length === 0) return y - 8
  const title = verdict.answer === 'do-not-start' ? 'What would change this' : 'Before the start'
  return drawPoints(canvas, verdict.conditions.slice(0, 4), heading(canvas, title, page.margin, y), footTop)
}

/** Warning signs that are not conditions already, those that block first; those the page has no room for are at least named. */
function drawFlags(canvas: Canvas, { verdict, flags }: PlanReport, y: number): void {
  const shown = flags
    .filter((flag) => !flag.blocking || verdict.answer !== 'settle-first')
    .toSorted((left, right) => Number(right.blocking) - Number(left.blocking))
  if (shown.length === 0 || y > footTop - 36) return
  const points = shown.map((flag) => `${flag.says} ${flag.fix}`)
  drawPoints(canvas, points, heading(canvas, 'Mind', page.margin, y), footTop - 6, (from) =>
    shown
      .slice(from)
      .map(({ code }) => code.replaceAll('-', ' '))
      .join(', '),
  )
}

const bulletWidth = 9

/** @param rest names the points from one on, where they find no room */
function drawPoints(canvas: Canvas, points: readonly string[], y: number, until: number, rest?: (from: number) => string): number {
  let bottom = y
  for (const [index, point] of points.entries()) {
    const last = index === points.length - 1
    if (bottom > until - (last ? 20 : 32)) {
      const words = rest ? `and in the full report: ${rest(index)}` : undefined
      return words ? write(canvas, words, page.margin + bulletWidth, bottom, { width: inner - bulletWidth, size: 8, height: 11 }) : bottom
    }
    write(canvas, '•', page.margin, bottom, { width: bulletWidth, size: 8, height: 11 })
    bottom = write(canvas, point, page.margin + bulletWidth, bottom, { width: inner - bulletWidth, size: 8, height: 21 }) + 2
  }
  return bottom
}

/** What the numbers rest on: how many of them nobody has confirmed, and the three of those that matter most. */
function drawFoot(canvas: Canvas, report: PlanReport, provenance: Readonly<Record<string, Provenance>>, left: boolean): void {
  const { inputs } = report
  const knobs = knobsOf(inputs)
  const assumed = knobs.filter(({ path }) => provenance[path]?.basis === 'assumption')
  const weighty = (report.best?.tornado ?? [])
    .map((bar) => assumed.find((knob) => knob.path === (bar.path === 'build' ? 'build.p50Multiplier' : bar.path)))
    .filter((knob) => knob !== undefined)
  const most = weighty.slice(0, 3).map((knob) => `${knob.label} ${withUnit(inputs, knob.unit, knob.value)}`)
  const words = [
    ...(left ? ['Printed in European letters: what is written in others stands in the full report.'] : []),
    `${assumed.length} of ${knobs.length} numbers are assumptions that nobody has confirmed${most.length > 0 ? `; those that matter most: ${most.join('; ')}` : ''}.`,
    `Net present values in ${inputs.currency} over ${inputs.horizonMonths} months at ${inputs.discountPercent} % a year; ${inputs.draws.toLocaleString('en-US')} draws, seed ${inputs.seed}: same seed, same numbers. P10 is exceeded in nine cases of ten. Stickiness counts ${100 - inputs.haircutPercent.stickiness} %, halo ${100 - inputs.haircutPercent.halo} %. All options, rules and numbers are in the full report.`,
  ]
  canvas
    .moveTo(page.margin, footTop)
    .lineTo(page.width - page.margin, footTop)
    .lineWidth(0.5)
    .stroke(printInks.line)
  write(canvas, words.join(' '), page.margin, footTop + 5, { width: inner, size: 7, color: printInks.muted, height: 30 })
}
