import { type Polling, startPolling } from '../connections/index.ts'
import type { Log } from '../observation/index.ts'
import type { Lifecycle } from './lifecycle.ts'

const everyMs = 600_000

/**
 * Lets integrations into the stage that their files declare, now and soon after its gate opens, whether or not somebody asks. A refusal is
 * said when it begins and when its reasons change, not every time.
 */
export function startAdmitting(lifecycle: Lifecycle, log: Log): Polling {
  const onError = (err: unknown) => log.warn({ err }, 'the stages that files declare could not be judged; trying again later')
  let told = new Map<string, string>()
  const admitting = startPolling(everyMs, onError, async () => {
    const { moved, refused } = await lifecycle.admitDeclared()
    if (moved.length > 0) log.info({ integrations: moved }, 'let integrations into the stage that their files declare')
    for (const { integration, reason, fix } of refused)
      if (told.get(integration) !== reason) log.warn({ integration, fix }, `a file declares a stage that is refused: ${reason}`)
    told = new Map(refused.map(({ integration, reason }) => [integration, reason]))
  })
  void admitting.now().catch(onError)
  return admitting
}
