import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { generatePlatformModule } from './generate-types.ts'

const require = createRequire(import.meta.url)
const github = JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'))

const small = {
  openapi: '3.1.0',
  info: { title: 'Small API', version: '2' },
  paths: {
    '/things': {
      post: {
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                properties: { name: { type: 'string' }, size: { enum: ['s', 'm'], default: 's' } },
              },
            },
          },
        },
        responses: {
          201: {
            description: 'Made.',
            headers: { Location: { schema: { type: 'string' } } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
          404: { description: 'no' },
        },
      },
    },
  },
  webhooks: {
    'thing.made': { post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } } },
  },
  components: {
    schemas: {
      Thing: { type: 'object', required: ['id'], properties: { id: { type: 'string', description: 'Its id. Never changes.' } } },
      Unused: { type: 'object' },
    },
  },
}

describe('the module of a platform', () => {
  it('has exactly the types of what was chosen, and the constant', async () => {
    expect(await generatePlatformModule({ platform: 'thing-maker', document: small })).toMatchInlineSnapshot(`
      "// Written by \`bridgekeeper types thing-maker\` from: Small API, 2. Do not edit: run it again.
      import { definePlatform } from '@bridgekeeper/sdk'

      export interface paths {
        "/things": {
          post: {
            requestBody: {
              content: {
                "application/json": {
                  name: string;
                  size?: "s" | "m";
                };
              };
            };
            responses: {
              /** Made. */
              201: {
                content: {
                  "application/json": components["schemas"]["Thing"];
                };
              };
            };
          };
        };
      }
      export interface webhooks {
        "thing.made": {
          post: {
            requestBody?: {
              content: {
                "application/json": components["schemas"]["Thing"];
              };
            };
          };
        };
      }
      export interface components {
        schemas: {
          Thing: {
            /** Its id. */
            id: string;
          };
        };
      }

      export type schemas = components['schemas']

      export const thingMaker = definePlatform<paths, webhooks>('thing-maker')
      "
    `)
  })

  it('is the same, byte for byte, however often it is made', async () => {
    const make = () =>
      generatePlatformModule({
        platform: 'github',
        document: structuredClone(github),
        operations: ['GET /repos/{owner}/{repo}/issues'],
        webhooks: ['issues.closed'],
      })
    expect(await make()).toBe(await make())
  })

  it('stays small where the contract is huge', async () => {
    const module = await generatePlatformModule({
      platform: 'github',
      document: github,
      operations: ['GET /repos/{owner}/{repo}/issues'],
      webhooks: ['issues.closed'],
    })
    expect(module.length).toBeLessThan(70_000)
    expect(JSON.stringify(github).length).toBeGreaterThan(6_000_000)
  })
})
