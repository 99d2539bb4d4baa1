import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { loadWorkspace } from '../workspace/index.ts'
import { type Answer, GoBack, holdInterview, keepAnswers, readAnswers } from './interview-session.ts'
import { createIo } from './io.ts'
import { save, withFactors } from './plan.ts'
import { type Interviewer, interview, slugOf } from './plan-interview.ts'
import { runProgram } from './program.ts'

const examples = join(import.meta.dirname, '..', '..', '..', 'examples', 'plans')
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-command-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function run(cwd: string, ...parameters: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin: new PassThrough() }, {}, cwd)
  const exitCode = await runProgram(io, parameters)
  return { exitCode, out: String(stdout.read() ?? ''), notes: String(stderr.read() ?? '') }
}

/** Answers by the words of the question; fails on a question that nobody expected. */
function scripted(answers: readonly [RegExp, string | number | undefined][], asked: string[] = []): Interviewer {
  const left = [...answers]
  const answer = (message: string) => {
    asked.push(message)
    const index = left.findIndex(([pattern]) => pattern.test(message))
    if (index < 0) throw new Error(`nobody expected the question: ${message}`)
    return left.splice(index, 1)[0]![1]
  }
  return {
    explain: (text) => asked.push(`# ${text}`),
    text: async ({ message }) => String(answer(message) ?? ''),
    number: async ({ message }) => answer(message) as number | undefined,
    choose: async ({ message, options }) => {
      const value = answer(message)
      expect(options.map((option) => option.value)).toContain(value)
      return value as never
    },
  }
}

const newPlatform = (company: string, platform: string, open: string): [RegExp, string][] => [
  [/company owns/, company],
  [/platform of .* called/, platform],
  [/partner’s code/, 'no'],
  [/read from/, open],
  [/write to/, open],
]
const owner = (staffing: string, cash: number | undefined): [RegExp, string | number | undefined][] => [
  [/engineer of/, undefined],
  [/earn elsewhere/, undefined],
  [/Who at/, staffing],
  [/in cash/, cash],
  [/softly/, undefined],
]
const ending = (price: number | undefined, budget: number | undefined): [RegExp, string | number | undefined][] => [
  [/Price per customer/, price],
  ...(price
    ? ([
        [/How many paying/, 200],
        [/goes badly/, undefined],
        [/goes well/, undefined],
      ] as [RegExp, number | undefined][])
    : []),
  [/Who started/, 'customer'],
  [/Which number/, 'minutes per ticket'],
  [/set aside/, budget],
]
const estimate: [RegExp, number | undefined][] = [
  [/hours of work/, 300],
  [/How many months/, undefined],
]

describe('the interview', () => {
  it('ends in a file that the workspace accepts and the calculation answers', async () => {
    const asked: string[] = []
    const answers = [
      ...newPlatform('Åcme & Sons', 'Åcme CRM', 'yes'),
      ...newPlatform('Hooli', 'Hooli Chat', 'yes'),
      [/currency/, 'eur'],
      [/third party/, 'service'],
      [/is it called/, 'Northbeam'],
      [/invoice per hour/, 110],
      [/Its own estimate/, undefined],
      ...estimate,
      ...owner('assigned', 60_000),
      ...owner('unknown', undefined),
      ...ending(39, 80_000),
    ] as [RegExp, string | number | undefined][]
    const { name, documents } = await interview(scripted(answers, asked), undefined)
    expect(name).toBe('acme-sons-hooli')
    await save(join(folder, 'plans', `${name}.yaml`), folder, documents)
    expect((await loadWorkspace(folder)).problems).toEqual([])
    const { exitCode, out } = await run(folder, 'plan', name)
    expect(out).toContain('Start: Åcme & Sons builds, sells and supports; Northbeam hosts.')
    expect(exitCode).toBe(0)
    expect(asked.filter((question) => question.startsWith('#')).length).toBeGreaterThan(5)
  })

  it('asks for a short name where a title has no letter that files could use, and gives examples in the currency', async () => {
    const questions: { message: string; example: string }[] = []
    const answers = [
      [/company owns/, '株式会社東京'],
      [/call 株式会社東京/, 'Tōkyō KK'],
      [/called/, '販売管理'],
      [/call 販売管理/, 'hanbai'],
      ...newPlatform('大阪', 'Kura', 'yes').slice(0, 1),
      [/call 大阪/, 'osaka'],
      ...newPlatform('大阪', 'Kura', 'yes').slice(1),
      [/partner’s code/, 'no'],
      [/read from/, 'no'],
      [/write to/, 'no'],
      [/currency/, 'jpy'],
      [/third party/, 'none'],
      ...estimate,
      ...owner('assigned', 6_000_000),
      ...owner('unknown', undefined),
      ...ending(undefined, undefined),
    ] as [RegExp, string | number | undefined][]
    const ask = scripted(answers)
    const noting: Interviewer = {
      ...ask,
      text: (question) => {
        questions.push(question)
        return ask.text(question)
      },
      number: (question) => {
        questions.push(question)
        return ask.number(question)
      },
    }
    const { name, documents } = await interview(noting, undefined)
    expect(name).toBe('tokyo-kk-osaka')
    await save(join(folder, 'plans', `${name}.yaml`), folder, documents)
    expect((await loadWorkspace(folder)).problems).toEqual([])
    expect(documents[0]).toMatchObject({ metadata: { name: 'tokyo-kk', title: '株式会社東京' } })
    expect(questions.find(({ message }) => /engineer of/.test(message))!.example).toBe('14000')
  })

  it('asks nothing about platforms and rates that the workspace knows', async () => {
    const { workspace } = await loadWorkspace(join(examples, 'two-open-platforms'))
    const withRates = owner('assigned', 1000).filter(([pattern]) => !/engineer of|earn elsewhere/.test(pattern.source))
    const answers = [
      [/first platform/, 'deskline-helpdesk'],
      [/second platform/, 'ledgerly-billing'],
      [/currency/, 'EUR'],
      [/third party/, 'none'],
      ...estimate,
      ...withRates,
      ...withRates,
      ...ending(undefined, undefined),
    ] as [RegExp, string | number | undefined][]
    const { documents } = await interview(scripted(answers), workspace)
    expect(documents).toHaveLength(1)
    expect(documents[0]).toMatchObject({
      kind: 'Plan',
      spec: { parties: [{ organization: 'deskline', platform: 'deskline-helpdesk' }, { organization: 'ledgerly' }] },
    })
    expect(documents[0]).not.toHaveProperty('spec.runBudgetPerYear')
  })

  /** Answers in order; a step can be `back`, or the end of patience. */
  const person = (steps: (string | number | undefined)[], asked: string[]): Interviewer => {
    const next = async (message: string) => {
      asked.push(message)
      if (steps.length === 0) throw new Error('Ctrl-C')
      const step = steps.shift()
      if (step === 'back') throw new GoBack()
      return step as never
    }
    return {
      explain: () => undefined,
      text: ({ message }) => next(message),
      number: ({ message }) => next(message),
      choose: ({ message }) => next(message),
    }
  }

  it('goes back as often as somebody likes, and asks what hangs on the changed answer', async () => {
    const asked: string[] = []
    const steps = ['Acme', 'Acme CRM', 'no', 'back', 'back', 'Acme Desk', 'no', 'yes']
    const answers: Answer[] = []
    await expect(holdInterview(person(steps, asked), (ask) => interview(ask, undefined), answers)).rejects.toThrow('Ctrl-C')
    expect(asked.slice(2, 6)).toEqual([
      'Can a partner’s code run inside Acme CRM?',
      'Can others read from Acme CRM through a public API?',
      'Can a partner’s code run inside Acme CRM?',
      'What is the platform of Acme called?',
    ])
    expect(answers.map(({ value }) => value)).toEqual(['Acme', 'Acme Desk', 'no', 'yes'])
  })

  it('that is broken off keeps its answers, and goes on with the first question that is open', async () => {
    const file = join(folder, '.bridgekeeper', 'plan-answers.json')
    const answers: Answer[] = []
    await expect(holdInterview(person(['Acme', 'Acme CRM'], []), (ask) => interview(ask, undefined), answers)).rejects.toThrow()
    await keepAnswers(file, answers)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const asked: string[] = []
    const kept = await readAnswers(file)
    await expect(holdInterview(person([], asked), (ask) => interview(ask, undefined), kept)).rejects.toThrow('Ctrl-C')
    expect(asked).toEqual(['Can a partner’s code run inside Acme CRM?'])
    await keepAnswers(file, [])
    expect(await readAnswers(file)).toEqual([])
  })

  it('refuses at once what would break the file: a second company of the same name, a currency that does not exist', async () => {
    const complaints: (string | undefined)[] = []
    const ask = scripted([...newPlatform('Acme', 'Desk', 'yes'), ...newPlatform('Hooli', 'Chat', 'yes'), [/currency/, 'EUR']])
    const checking: Interviewer = {
      ...ask,
      text: async (question) => {
        const tried = question.message.includes('second') ? 'ACME' : question.message.includes('currency') ? 'EURO' : undefined
        if (tried) complaints.push(question.check?.(tried))
        return ask.text(question)
      },
    }
    await expect(interview(checking, undefined)).rejects.toThrow('third party')
    expect(complaints).toEqual([
      'There is already a company called acme. Give this one another name.',
      'There is no currency EURO. Use the three letters of ISO 4217, for example EUR, USD or JPY.',
    ])
  })

  it('never writes over a file', async () => {
    await writeFile(join(folder, 'plan.yaml'), 'mine')
    await expect(save(join(folder, 'plan.yaml'), undefined, [{}])).rejects.toMatchObject({ code: 'plan.file_exists' })
    expect(await readFile(join(folder, 'plan.yaml'), 'utf8')).toBe('mine')
  })

  it('makes names that files can refer to', () => {
    expect(['Åcme & Sons', '  Zoë’s  CRM 2.0 ', '日本'].map(slugOf)).toEqual(['acme-sons', 'zoe-s-crm-2-0', 'unnamed'])
  })
})

describe('bridgekeeper plan', () => {
  it('takes a file or a name, exits with 0 only for a start', async () => {
    expect(await run(examples, 'plan', 'two-open-platforms/plan.yaml')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('Start: Northbeam builds'),
    })
    expect(await run(join(examples, 'closed-incumbent'), 'plan', 'pulse-meridian')).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('Do not start'),
    })
  })

  it('prints JSON with the whole report, and the same bytes each time', async () => {
    const first = await run(examples, 'plan', 'two-open-platforms/plan.yaml', '--json')
    expect(first.out).toBe((await run(examples, 'plan', 'two-open-platforms/plan.yaml', '--format', 'json')).out)
    expect(JSON.parse(first.out)).toMatchObject({
      verdict: { answer: 'start' },
      options: expect.any(Array),
      infeasible: expect.any(Array),
      provenance: { discountPercent: { basis: 'assumption' } },
    })
  })

  it('writes page and memo', async () => {
    await run(examples, 'plan', 'two-open-platforms/plan.yaml', '--format', 'html', '--out', join(folder, 'deep', 'plan.html'))
    expect(await readFile(join(folder, 'deep', 'plan.html'), 'utf8')).toMatch(/^<!doctype html>/)
    await run(examples, 'plan', 'two-open-platforms/plan.yaml', '--format', 'pdf', '--out', join(folder, 'memo.pdf'))
    expect((await readFile(join(folder, 'memo.pdf'))).subarray(0, 5).toString()).toBe('%PDF-')
  })

  it('tells what is wrong: no such plan, an unknown format, a broken file, nobody to ask', async () => {
    const cases: [string[], string][] = [
      [['plan', 'nope'], 'plan.not_found'],
      [['plan'], 'plan.no_terminal'],
    ]
    for (const [parameters, code] of cases) {
      const { exitCode, out } = await run(join(examples, 'closed-incumbent'), ...parameters, '--json')
      expect([exitCode, JSON.parse(out).error.code]).toEqual([2, code])
    }
    expect(await run(join(examples, 'closed-incumbent'), 'plan', 'pulse-meridian', '--format', 'docx')).toMatchObject({
      exitCode: 2,
      out: '',
    })
  })

  it('names file, line and mend when the plan file is broken', async () => {
    for (const file of ['bridgekeeper.yaml', 'organizations.yaml', 'platforms.yaml', 'plan.yaml'])
      await writeFile(
        join(folder, file),
        (await readFile(join(examples, 'closed-incumbent', file), 'utf8')).replace('pulse: 100%', 'pulse: 90%'),
      )
    const { out } = await run(folder, 'plan', 'plan.yaml', '--json')
    expect(JSON.parse(out).error).toMatchObject({
      code: 'plan.has_problems',
      message: expect.stringMatching(/plan\.yaml:\d+:\d+ .*90%[\s\S]*10% are missing/),
    })
  })
})

it('learned factors go into the plan; comments and the other documents of the file stay as they were', () => {
  const text = `# who we are\nkind: Organization\nmetadata: { name: acme } # us\n---\nkind: Plan\nmetadata: { name: bridge }\nspec:\n  assumptions:\n    buildHours: 400 # as Ada guessed\n    buildP50Factor: 1.5\n`
  const written = withFactors(text, 'bridge', {
    p50Factor: 1.73205,
    p90Factor: 2.9,
    source: 'learned from 3 launched plans, the last on 2026-01-31',
  })
  expect(written.startsWith('# who we are\nkind: Organization\nmetadata: { name: acme } # us\n---\n')).toBe(true)
  expect(written).toContain('buildHours: 400 # as Ada guessed')
  expect(parseAllDocuments(written).at(-1)!.toJS().spec.assumptions).toEqual({
    buildHours: 400,
    buildP50Factor: 1.732,
    buildP90Factor: 2.9,
    buildFactorsFrom: 'learned from 3 launched plans, the last on 2026-01-31',
  })
  expect(withFactors(text, 'another', { p50Factor: 1, p90Factor: 2, source: 'x' })).toBe(text)
})
