import { styleText } from 'node:util'
import { isCancel, log, select, text } from '@clack/prompts'
import { wrapText } from '../terminal/index.ts'
import { GoBack } from './interview-session.ts'
import { errors } from './plan-errors.ts'
import type { Interviewer } from './plan-interview.ts'

const back = 'back'
const wantsBack = (value: string | undefined): boolean => value?.trim().toLowerCase() === back

// The frame of the prompts takes three columns at the left.
const wrapped = (words: string): string => wrapText(words, Math.min(100, (process.stdout.columns ?? 80) - 4))

const asked = (message: string, why: string | undefined): string =>
  why === undefined ? wrapped(message) : `${wrapped(message)}\n${styleText('dim', wrapped(why))}`

// A select draws its frame beside all lines of its question, a text beside the first only.
const framed = (words: string): string => words.replaceAll('\n', `\n${styleText('gray', '│')}  `)

/** Asks at the terminal. @throws plan.cancelled when the person presses Ctrl-C or Escape; GoBack when they type back or choose it */
export const terminalInterviewer: Interviewer = {
  explain: (words) => log.message(wrapped(words)),
  text: async ({ message, why, example, check }) => {
    const optional = message.includes('(empty:')
    const validate = (value: string | undefined): string | undefined => {
      if (wantsBack(value)) return undefined
      if (!value?.trim()) return optional ? undefined : 'Please write something.'
      return check?.(value.trim())
    }
    return answered(await text({ message: framed(asked(message, why)), placeholder: example, validate }))?.trim() ?? ''
  },
  number: async ({ message, why, example, optional }) => {
    const validate = (value: string | undefined): string | undefined => {
      if (wantsBack(value)) return undefined
      if (!value?.trim()) return optional ? undefined : `A number is needed here, for example ${example}.`
      return Number(value) >= 0 && Number.isFinite(Number(value))
        ? undefined
        : 'Write a number from 0 with a point before decimals, for example 1250.50.'
    }
    const value = answered(
      await text({ message: framed(asked(message, why)), placeholder: optional ? `${example} (empty: not known)` : example, validate }),
    )
    return value?.trim() ? Number(value) : undefined
  },
  choose: async ({ message, why, options }) =>
    answered(
      await select({
        message: asked(message, why),
        options: [...options, { value: back, label: '← Back to the question before' }] as never,
      }),
    ) as never,
}

/** A question about the interview itself; there is nothing before it to go back to. */
export const chooseAtTerminal: Interviewer['choose'] = async ({ message, options }) =>
  answered(await select({ message: wrapped(message), options: options as never })) as never

function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (isCancel(answer)) throw errors.cancelled({})
  if (typeof answer === 'string' && wantsBack(answer)) throw new GoBack()
  return answer as Exclude<Value, symbol>
}
