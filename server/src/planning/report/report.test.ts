import { describe, expect, it } from 'vitest'
import { evaluatePlan } from '../evaluate-plan.ts'
import { knobsOf } from '../knobs.ts'
import { certain, incentiveLike, opennessOf, partyLike, planLike, platformLike, supplierLike } from '../plan.fixture.ts'
import { pageProgram } from './bundle.ts'
import { html } from './html.ts'
import { renderMemo } from './memo.ts'
import { inPrintableLetters } from './memo-letters.ts'
import { renderPage } from './page.ts'
import { scenarioPictures } from './pictures.ts'
import { fitText, sceneToSvg } from './scene.ts'
import { renderText } from './text.ts'

const open = planLike({
  parties: [partyLike('a'), partyLike('b'), supplierLike('agency'), partyLike('weave', { kind: 'product-company' })],
  incentives: [incentiveLike('saves', { amount: { low: 20_000, likely: 90_000, high: 200_000 } })],
  build: { p50Multiplier: 1.5, p90Multiplier: 3 },
})
const closed = planLike({
  platforms: { a: platformLike('a'), b: platformLike('b', { openness: opennessOf('no') }) },
  incentives: [incentiveLike('halo', { to: 'b', kind: 'halo', amount: certain(9) })],
})
const nothing = planLike({
  platforms: { a: platformLike('a', { openness: opennessOf('no') }), b: platformLike('b', { openness: opennessOf('no') }) },
})
const unknown = planLike({
  platforms: { a: platformLike('a', { openness: opennessOf('unknown') }), b: platformLike('b', { openness: opennessOf('unknown') }) },
})
const plans = { open, closed, nothing, unknown }
const provenanceOf = (plan: typeof open) =>
  Object.fromEntries(knobsOf(plan).map(({ path }) => [path, { basis: 'assumption' as const, source: 'a preset' }]))

describe.each(Object.entries(plans))('the %s plan', (_, plan) => {
  const report = evaluatePlan(plan)
  const provenance = provenanceOf(plan)

  it('prints as text, page and memo, twice with the same bytes', async () => {
    expect(renderText(report, provenance)).toBe(renderText(evaluatePlan(plan), provenance))
    expect(await renderPage(report, provenance)).toBe(await renderPage(evaluatePlan(plan), provenance))
    expect(Buffer.from(await renderMemo(report, provenance)).equals(await renderMemo(evaluatePlan(plan), provenance))).toBe(true)
  })

  it('says the same verdict in all of them, and hides no NaN or undefined', async () => {
    const text = renderText(report, provenance)
    const page = await renderPage(report, provenance)
    expect(text).toContain(report.verdict.headline)
    expect(page).toContain(html`${report.verdict.headline}`.html)
    for (const printed of [text, page.slice(0, page.indexOf('<script'))]) expect(printed).not.toMatch(/NaN|undefined|\[object/)
  })

  it('fits its memo on one page', async () => {
    const memo = Buffer.from(await renderMemo(report, provenance)).toString('latin1')
    expect(memo.startsWith('%PDF-')).toBe(true)
    expect(memo.match(/\/Type \/Page\b/g)).toHaveLength(1)
  })
})

describe('letters that the memo’s font does not have', () => {
  const named = planLike({
    title: '計画 Tokyo',
    parties: [partyLike('a', { name: '株式会社東京販売' }), partyLike('b', { name: 'Räksmörgås Ελλάς Москва' })],
    platforms: { a: platformLike('a', { name: '販売管理' }), b: platformLike('b') },
  })

  it('are no empty boxes: names stand as they do in the files, and the rest is told to be left out', () => {
    const { report, left } = inPrintableLetters(evaluatePlan(named))
    expect(left).toBe(true)
    expect(report.inputs.title).toBe('[…] Tokyo')
    expect(report.inputs.parties.map(({ name }) => name)).toEqual(['a', 'Räksmörgås Ελλάς Москва'])
    expect(report.inputs.platforms.a.name).toBe('a-platform')
    expect(JSON.stringify(report)).not.toMatch(/[\u3000-\u9fff]/)
    const plain = evaluatePlan(planLike())
    expect(inPrintableLetters(plain)).toEqual({ report: plain, left: false })
  })

  it('take their room in pictures: no name runs into its neighbour or out of its box', () => {
    const long = 'Kathmandu Räksmörgås & Partners of the Northern Valleys'
    expect(fitText(long, 120, 11)).toMatch(/^Kathmandu Räks[a-zäöå]*…$/)
    expect(fitText('株式会社東京販売管理システムズ', 66, 11)).toBe('株式会社東…')
    expect([...fitText(long, 120, 11)].length * 11 * 0.6).toBeLessThanOrEqual(120)
    expect(fitText('Kura', 120, 11)).toBe('Kura')
  })
})

describe('the three pictures', () => {
  it('mark the scenario of the best option, and say why the others are not possible', () => {
    const [first, second, third] = scenarioPictures(evaluatePlan(closed)).map(sceneToSvg)
    expect(first).toContain('least bad')
    for (const picture of [second, third]) expect(picture).toMatch(/not possible.*hosts no partner code and has no external/s)
    expect(sceneToSvg(scenarioPictures(evaluatePlan(open))[0]!)).toContain('Neither A platform nor B platform is known to be closed')
  })

  it('are read out to those who can’t see them', () => {
    for (const scene of scenarioPictures(evaluatePlan(open)))
      expect(sceneToSvg(scene)).toMatch(/role="img" aria-label="Scenario \d, \w+: .{20,}"/)
  })
})

describe('the page', () => {
  it('loads nothing from anywhere', async () => {
    const page = await renderPage(evaluatePlan(open), provenanceOf(open))
    expect(page).not.toMatch(/<(link|img|iframe)\b|\bsrc=|@import|url\(/)
    expect(page.match(/<script/g)).toHaveLength(2)
  })

  it('shows hostile words from a plan file as words', async () => {
    const hostile = '</script><img src=x onerror=alert(1)>"\''
    const plan = { ...open, title: hostile, question: hostile, parties: [partyLike('a', { name: hostile }), ...open.parties.slice(1)] }
    const page = await renderPage(evaluatePlan(plan), provenanceOf(plan))
    expect(page).not.toContain('<img')
    expect(page.match(/<\/script>/g)).toHaveLength(2)
  })

  it('carries the calculation of the server and nothing from outside of planning', async () => {
    const program = await pageProgram()
    for (const file of ['evaluate-plan.ts', 'random.ts', 'distributions.ts', 'report/sections.ts'])
      expect(program).toContain(JSON.stringify(file))
    expect(program).not.toMatch(/require\("(?!\.)/)
  })
})
