import { isCancel, log, select, text } from '@clack/prompts'
import { errors } from './plan-errors.ts'
import type { Interviewer } from './plan-interview.ts'

/** Asks at the terminal. @throws plan.cancelled when the person presses Ctrl-C or Escape; nothing is written then */
export const terminalInterviewer: Interviewer = {
  explain: (words) => log.message(words),
  text: async ({ message, example }) => {
    const optional = message.includes('(empty:')
    return (
      answered(
        await text({
          message,
          placeholder: example,
          validate: (value) => (optional || value?.trim() ? undefined : 'Please write something.'),
        }),
      )?.trim() ?? ''
    )
  },
  number: async ({ message, example, optional }) => {
    const validate = (value: string | undefined): string | undefined => {
      if (!value?.trim()) return optional ? undefined : `A number is needed here, for example ${example}.`
      return Number(value) >= 0 ? undefined : 'Write a number from 0 with a point before decimals, for example 1250.50.'
    }
    const value = answered(await text({ message, placeholder: example, validate }))
    return value?.trim() ? Number(value) : undefined
  },
  choose: async ({ message, options }) => answered(await select({ message, options: options as never })) as never,
}

function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (isCancel(answer)) throw errors.cancelled({})
  return answer as Exclude<Value, symbol>
}
