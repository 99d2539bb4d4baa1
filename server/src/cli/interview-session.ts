import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Interviewer } from './plan-interview.ts'

/** One question with what was answered; null: left empty. */
export interface Answer {
  message: string
  value: string | number | null
}

/** Thrown by an interviewer when the person wants to change the answer before. */
export class GoBack extends Error {}

/**
 * Holds an interview in which answers can be taken back. Going back holds it anew with one answer less: questions that hang on earlier
 * answers come out right by themselves.
 *
 * @param answers from an interview that was broken off, asked again from the first that does not fit; changed as people answer
 */
export async function holdInterview<Result>(
  live: Interviewer,
  interview: (ask: Interviewer) => Promise<Result>,
  answers: Answer[],
): Promise<Result> {
  while (true) {
    try {
      return await interview(replaying(live, answers))
    } catch (error) {
      if (!(error instanceof GoBack)) throw error
      answers.pop()
    }
  }
}

/** Answers by itself what was answered already, and asks the rest. */
function replaying(live: Interviewer, answers: Answer[]): Interviewer {
  let next = 0
  let explanation: string | undefined
  const answer = async <Value extends string | number | undefined>(message: string, ask: () => Promise<Value>): Promise<Value> => {
    const known = answers[next]
    if (known?.message === message) {
      next++
      return (known.value ?? undefined) as Value
    }
    answers.length = next
    if (explanation !== undefined) live.explain(explanation)
    explanation = undefined
    const value = await ask()
    answers.push({ message, value: value ?? null })
    next++
    return value
  }
  return {
    // Only the one that belongs to the next open question is said.
    explain: (text) => {
      explanation = text
    },
    text: (question) => answer(question.message, () => live.text(question)),
    number: (question) => answer(question.message, () => live.number(question)),
    choose: (question) => answer(question.message, () => live.choose(question)),
  }
}

/** Answers kept by {@link keepAnswers}; empty when there are none that can be read. */
export async function readAnswers(file: string): Promise<Answer[]> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'))
    return Array.isArray(kept) ? kept.filter(isAnswer) : []
  } catch {
    return []
  }
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && typeof (value as Answer).message === 'string' && 'value' in value

export async function keepAnswers(file: string, answers: readonly Answer[]): Promise<void> {
  if (answers.length === 0) return rm(file, { force: true })
  await mkdir(dirname(file), { recursive: true })
  // What a company's hours cost is nobody else's business.
  await writeFile(file, `${JSON.stringify(answers, null, 2)}\n`, { mode: 0o600 })
}
