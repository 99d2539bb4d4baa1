import { isCancel, log, select, text } from '@clack/prompts'
import { GoBack } from './interview-session.ts'
import { errors } from './plan-errors.ts'
import type { Interviewer } from './plan-interview.ts'

const back = 'back'
const wantsBack = (value: string | undefined): boolean => value?.trim().toLowerCase() === back

/** Asks at the terminal. @throws plan.cancelled when the person presses Ctrl-C or Escape; GoBack when they type back or choose it */
export const terminalInterviewer: Interviewer = {
  explain: (words) => log.message(wrapped(words, Math.min(100, (process.stdout.columns ?? 80) - 4))),
  text: async ({ message, example, check }) => {
    const optional = message.includes('(empty:')
    const validate = (value: string | undefined): string | undefined => {
      if (wantsBack(value)) return undefined
      if (!value?.trim()) return optional ? undefined : 'Please write something.'
      return check?.(value.trim())
    }
    return answered(await text({ message, placeholder: example, validate }))?.trim() ?? ''
  },
  number: async ({ message, example, optional }) => {
    const validate = (value: string | undefined): string | undefined => {
      if (wantsBack(value)) return undefined
      if (!value?.trim()) return optional ? undefined : `A number is needed here, for example ${example}.`
      return Number(value) >= 0 && Number.isFinite(Number(value))
        ? undefined
        : 'Write a number from 0 with a point before decimals, for example 1250.50.'
    }
    const value = answered(await text({ message, placeholder: optional ? `${example} (empty: not known)` : example, validate }))
    return value?.trim() ? Number(value) : undefined
  },
  choose: async ({ message, options }) =>
    answered(await select({ message, options: [...options, { value: back, label: '← Back to the question before' }] as never })) as never,
}

/** A question about the interview itself; there is nothing before it to go back to. */
export const chooseAtTerminal: Interviewer['choose'] = async ({ message, options }) =>
  answered(await select({ message, options: options as never })) as never

/** Breaks a text between words, so that the terminal does not break it inside one. */
export function wrapped(text: string, width: number): string {
  return text.split(' ').reduce((lines, word) => {
    const length = lines.length - lines.lastIndexOf('\n') - 1
    return lines === '' ? word : length + 1 + word.length > width ? `${lines}\n${word}` : `${lines} ${word}`
  }, '')
}

function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (isCancel(answer)) throw errors.cancelled({})
  if (typeof answer === 'string' && wantsBack(answer)) throw new GoBack()
  return answer as Exclude<Value, symbol>
}
