import { format, inspect } from 'node:util'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { Secret } from './secret.ts'
import { webhookSecret } from './webhook-secret.ts'

const CANARY = 'canary-7f3a91'

describe('Secret', () => {
  it('shows itself by no usual means', () => {
    const secret = new Secret(CANARY)
    const holder = { secret, list: [secret], map: new Map([['s', secret]]), webhook: webhookSecret('1', secret) }
    const lines: string[] = []
    pino({}, { write: (line: string) => lines.push(line) }).info({ holder, secret, err: new Error(`bad ${secret}`) }, `with ${secret}`)
    const shown = [
      `${secret}`,
      String(secret),
      // biome-ignore lint/style/useTemplate: addition converts by another way than a template.
      secret + '',
      JSON.stringify(holder),
      inspect(holder, { depth: 9, showHidden: true }),
      inspect(holder, { customInspect: false, depth: 9, showHidden: true }),
      format('%s %o %j %O', secret, secret, secret, secret),
      JSON.stringify(structuredClone({ ...secret })),
      Object.entries(secret).join(),
      lines.join(),
    ]
    expect(shown.filter((text) => text.includes(CANARY))).toEqual([])
    expect(`${secret}`).toBe('[secret]')
  })
})

describe('webhookSecret', () => {
  it('computes what the RFC 4231 and Standard Webhooks test vectors say', () => {
    expect(
      webhookSecret('1', new Secret('Jefe'))
        .hmac('sha256', ['what do ya want ', Buffer.from('for nothing?')])
        .toString('hex'),
    ).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
    const standard = webhookSecret('2', new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'))
    const signed = ['msg_p5jXN8AQM9LWM0D4loKWxJek', '.', '1614265330', '.', '{"test": 2432232314}']
    expect(standard.hmac('sha256', signed, 'base64').toString('base64')).toBe('g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('compares whole texts only', () => {
    const secret = webhookSecret('1', new Secret('token'))
    expect(secret.equals('token')).toBe(true)
    for (const wrong of ['toke', 'tokens', '', 'Token']) expect(secret.equals(wrong)).toBe(false)
  })

  it('refuses a secret that would be empty or cut short in its encoding, because everybody can sign with such a key', () => {
    for (const wrong of ['whsec_!!!', 'whsec_', 'AAAA AAAA'])
      expect(() => webhookSecret('1', new Secret(wrong)).hmac('sha256', ['x'], 'base64'), wrong).toThrow('it is not base64')
    for (const wrong of ['zz', '44 78 2d', '0x44782d', '44782', '4478:2d'])
      expect(() => webhookSecret('1', new Secret(wrong)).hmac('sha256', ['x'], 'hex'), wrong).toThrow('it is not hex')
  })
})
