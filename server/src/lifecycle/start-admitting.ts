import { type Polling, startPolling } from '../connections/index.ts'
import type { Log } from '../observation/index.ts'
import type { Lifecycle } from './lifecycle.ts'

const everyMs = 600_000

/** Lets integrations into the stage that their files declare, now and soon after its gate opens, whether or not somebody asks. */
export function startAdmitting(lifecycle: Lifecycle, log: Log): Polling {
  const onError = (err: unknown) => log.warn({ err }, 'the stages that files declare could not be judged; trying again later')
  const admitting = startPolling(everyMs, onError, async () => {
    const moved = await lifecycle.admitDeclared()
    if (moved.length > 0) log.info({ integrations: moved }, 'let integrations into the stage that their files declare')
  })
  void admitting.now().catch(onError)
  return admitting
}
