import { z } from 'zod'
import { envelope } from './envelope.ts'
import { organizationName } from './references.ts'
import { duration, text, webAddress } from './values.ts'

/** `bridgekeeper.yaml`: marks the root of a workspace and holds what its operator decides. */
export const workspaceFile = envelope(
  'Workspace',
  z.strictObject({
    operator: organizationName.optional().describe('The organization that runs this installation.'),
    port: z.int().min(1).max(65_535).default(4400),
    publicUrl: webAddress.optional().describe('The address under which partners reach the ingress.'),
    retention: z
      .strictObject({
        deliveries: duration.default('P30D'),
        runs: duration.default('P90D'),
        calls: duration.default('P30D'),
        notifications: duration.default('P1Y').describe('What was told to organizations; what waits to be sent stays.'),
        usage: duration
          .default('P400D')
          .describe('What instances used of platforms, by day. What happens once a year is only known with more than a year.'),
      })
      .prefault({}),
    outbound: z
      .strictObject({
        allowPrivateHosts: z
          .array(text)
          .default([])
          .describe(
            'Loopback and private hosts that calls may reach, by name and port: localhost:4410. All others are refused. Give the port: without one, every port of the host may be reached.',
          ),
        proxy: webAddress.optional(),
      })
      .prefault({}),
  }),
)
export type WorkspaceFile = z.output<typeof workspaceFile>
