import { parentPort } from 'node:worker_threads'
import type { Contract } from '../contract.ts'
import { hiddenPlaces, hideExample } from '../hidden-places.ts'
import { readContract } from '../read-contract.ts'
import { recordExchange } from '../recordings/record-message.ts'
import { createMessageCheck, type MessageCheck } from './check-message.ts'
import type { Answer, Question } from './checker.ts'
import { createValidators } from './validators.ts'

/**
 * The thread beside the program in which contracts are read, their schemas compiled and messages checked. It has its own heap with a limit,
 * and whoever waits for it too long ends it: a partner's pattern that takes for ever, or a schema that takes all memory, stops no call.
 */
const platforms = new Map<string, { contract: Contract; characters: number; check: MessageCheck }>()
const validators = createValidators()
/** Text of contracts kept at once; the heap takes several times as much. */
const maxCharacters = 48_000_000

function reply(answer: Answer): void {
  parentPort!.postMessage(answer)
}

async function load({ platform, key, source }: Extract<Question, { what: 'contract' }>): Promise<void> {
  forget(platform)
  try {
    const contract = await readContract(source)
    const characters = [...contract.files.values()].reduce((sum, { text }) => sum + text.length, 0)
    platforms.set(platform, { contract, characters, check: createMessageCheck(contract, validators) })
    for (const [name] of platforms) {
      if ([...platforms.values()].reduce((sum, kept) => sum + kept.characters, 0) <= maxCharacters || name === platform) break
      forget(name)
      reply({ what: 'forgotten', platform: name })
    }
    reply({ what: 'ready', platform, key })
  } catch (error) {
    reply({ what: 'unreadable', platform, key, reason: (error as Error).message })
  }
}

function forget(platform: string): void {
  const known = platforms.get(platform)
  if (known) validators.forget(known.contract)
  platforms.delete(platform)
}

function check({ id, platform, message, request, record, redact }: Extract<Question, { what: 'check' }>): void {
  const before = process.threadCpuUsage()
  const known = platforms.get(platform)
  const hidden = hiddenPlaces(redact)
  const found = known?.check.check(message) ?? { described: false, deviations: [] }
  const checked = { ...found, deviations: found.deviations.map((deviation) => hideExample(deviation, hidden)) }
  const recordings = known && record ? recordExchange(known.check, message, request, hidden) : []
  const { user, system } = process.threadCpuUsage(before)
  reply({ what: 'checked', id, cpuMs: (user + system) / 1_000, checked, recordings })
}

// One at a time: a contract that is being read must be there before the messages that came after it.
let turn: Promise<void> = Promise.resolve()
parentPort!.on('message', (question: Question) => {
  turn = turn.then(() => (question.what === 'contract' ? load(question) : check(question)))
})
