import type { AnyFailure } from '@bridgekeeper/sdk'
import { describe, expect, it } from 'vitest'
import { AnswerTooLong, TimeOut } from './exchange.ts'
import { type CallFacts, failureOfAnswer, failureOfError } from './failure-of.ts'

const nowMs = Date.parse('2026-11-23T12:00:00Z')
const facts: CallFacts = { operation: 'GET /tickets/{id}', platform: { name: 'helpdesk' }, nowMs, budgetKey: 'connection:1' }
const answer = (status: number, headers: Record<string, string> = {}, body?: unknown): AnyFailure =>
  failureOfAnswer({ status, headers, body }, facts)

describe('failureOfAnswer', () => {
  it.each<[number, Record<string, string>, unknown, string]>([
    [301, {}, undefined, 'bug'],
    [400, {}, undefined, 'customer-data'],
    [401, {}, undefined, 'credential'],
    [402, {}, undefined, 'customer-data'],
    [403, {}, undefined, 'credential'],
    [403, { 'retry-after': '5' }, undefined, 'throttled'],
    [403, { 'x-ratelimit-remaining': '0' }, undefined, 'throttled'],
    [403, { 'x-ratelimit-remaining': '10' }, undefined, 'credential'],
    [403, {}, { message: 'You have exceeded a secondary rate limit.' }, 'throttled'],
    [404, {}, undefined, 'customer-data'],
    [407, {}, undefined, 'partner-down'],
    [408, {}, undefined, 'retryable'],
    [409, {}, undefined, 'customer-data'],
    [409, { 'retry-after': '1' }, undefined, 'retryable'],
    [422, {}, undefined, 'customer-data'],
    [425, {}, undefined, 'retryable'],
    [429, {}, undefined, 'throttled'],
    [500, {}, undefined, 'retryable'],
    [502, {}, undefined, 'retryable'],
    [503, {}, undefined, 'retryable'],
    [503, { 'retry-after': '60' }, undefined, 'throttled'],
    [504, {}, undefined, 'retryable'],
  ])('%i with %j and %j is %s', (status, headers, body, kind) => {
    expect(answer(status, headers, body)).toMatchObject({ kind, status })
  })

  it('says until when and whose budget it is', () => {
    expect(answer(429, { 'retry-after': '30' })).toMatchObject({ untilMs: nowMs + 30_000, key: 'connection:1' })
    expect(answer(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '90' })).toMatchObject({ untilMs: nowMs + 90_000 })
    expect(answer(403, {}, 'secondary rate limit')).toMatchObject({ untilMs: nowMs + 60_000 })
    expect(answer(500, { 'retry-after': '7' })).toMatchObject({ kind: 'retryable', afterMs: 7000 })
  })

  it('quotes the words of the partner, shortened', () => {
    expect(answer(422, {}, { detail: 'subject is too long' }).message).toBe(
      'helpdesk answered 422 to GET /tickets/{id}: subject is too long',
    )
    expect(answer(400, {}, { error: { message: 'no such\n customer' } }).message).toContain(': no such customer')
    expect(answer(400, {}, { errors: ['a', 'b'] }).message).toContain('["a","b"]')
    expect(answer(500, {}, `<html>${'x'.repeat(1000)}`).message.length).toBeLessThan(300)
  })

  it('lets the platform say what a status means', () => {
    const platform = { name: 'p', failures: { 404: 'retryable', 420: 'throttled', 403: 'customer-data' } as const }
    const kinds = [404, 420, 403].map((status) => failureOfAnswer({ status, headers: {}, body: undefined }, { ...facts, platform }).kind)
    expect(kinds).toEqual(['retryable', 'throttled', 'customer-data'])
  })
})

describe('failureOfError', () => {
  const error = (code: string) => Object.assign(new Error(code), { code })

  it('before anything was sent the partner is down; afterwards nobody knows, so it is retried under the same key', () => {
    for (const code of ['ENOTFOUND', 'ECONNREFUSED', 'CERT_HAS_EXPIRED', 'UND_ERR_CONNECT_TIMEOUT', 'ECONNRESET']) {
      expect(failureOfError(error(code), false, facts)).toMatchObject({ kind: 'partner-down', message: expect.stringContaining(code) })
    }
    for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE']) {
      expect(failureOfError(error(code), true, facts)).toMatchObject({
        kind: 'retryable',
        message: expect.stringContaining('may have done the work'),
      })
    }
    expect(failureOfError(new TimeOut('x'), true, facts).kind).toBe('retryable')
    expect(failureOfError(new AnswerTooLong('too long'), true, facts).kind).toBe('customer-data')
    expect(failureOfError(error('UND_ERR_INVALID_ARG'), false, facts).kind).toBe('bug')
  })

  it('names the first reason of several attempts', () => {
    expect(failureOfError(new AggregateError([error('ECONNREFUSED'), error('ENETUNREACH')]), false, facts).message).toContain(
      'ECONNREFUSED',
    )
  })
})
