import { describe, expect, it } from 'vitest'
import { evaluatePlan } from '../evaluate-plan.ts'
import { knobsOf } from '../knobs.ts'
import { certain, incentiveLike, opennessOf, partyLike, planLike, platformLike, supplierLike } from '../plan.fixture.ts'
import { pageProgram } from './bundle.ts'
import { html } from './html.ts'
import { renderMemo } from './memo.ts'
import { renderPage } from './page.ts'
import { scenarioPictures } from './pictures.ts'
import { sceneToSvg } from './scene.ts'
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
