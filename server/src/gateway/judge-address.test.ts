import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeAddress } from './judge-address.ts'

describe('judgeAddress', () => {
  it.each([
    '8.8.8.8',
    '140.82.121.4',
    '2606:4700::1111',
    '2a00:1450:4001:82a::200e',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
  ])('%s may be called', (address) => {
    expect(judgeAddress(address).kind).toBe('public')
  })

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['fd12:3456::1', 'private'],
    ['fc00::1', 'private'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::ffff:10.1.2.3', 'private'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::127.0.0.1', 'loopback'],
    ['64:ff9b::a00:1', 'private'],
  ])('%s is %s: only where the operator allows it', (address, range) => {
    expect(judgeAddress(address)).toEqual({ kind: 'private', range })
  })

  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '2001:0:53aa:64c:0:0:80ff:fffe',
    '::7f00:1',
    '::a00:1',
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '240.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '192.88.99.1',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    'fec0::1',
    '100::1',
    '4000::1',
    '',
    'localhost',
    '1.2.3',
    '300.1.1.1',
  ])('%s is never called', (address) => {
    expect(judgeAddress(address).kind).toBe('never')
  })

  it('judges every IPv4 address alike in its plain, mapped and NAT64 form', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const plain = judgeAddress(address)
        expect(judgeAddress(`::ffff:${address}`)).toEqual(plain)
        expect(judgeAddress(`64:ff9b::${address}`)).toEqual(plain)
      }),
    )
  })
})
