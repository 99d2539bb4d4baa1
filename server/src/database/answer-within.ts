import { errors } from './errors.ts'

/**
 * What somebody waits for whom nobody else would tell: a database that hangs, or a network that swallows what is sent to it, breaks no
 * connection, and the driver waits for as long as the system keeps the socket.
 *
 * What was asked goes on, and its answer is not looked at any more.
 *
 * @throws database.no_answer
 */
export async function answerWithin<Answer>(answer: Answer | PromiseLike<Answer>, timeoutMs: number): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(errors.no_answer({ timeoutMs })), timeoutMs)
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
