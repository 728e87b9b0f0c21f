import assert from 'node:assert/strict'
import {templatesFolder} from '../../../src/cli/run/package.js'
import {birdFiles, type BirdOptions} from '../../../src/ha/bird.js'

const OPTIONS: BirdOptions = {
  addresses: ['198.51.100.10', '198.51.100.16/28', '2001:db8::10'],
  localAs: 64_513,
  routerId: '192.0.2.11',
  neighbors: [
    {address: '192.0.2.1', as: 64_512},
    {address: '2001:db8:1::1', as: 64_512},
  ],
  readyz: 'http://127.0.0.1:7331/readyz',
  folder: '/etc/bird',
}

const files = (options: Partial<BirdOptions> = {}) => birdFiles({...OPTIONS, ...options}, templatesFolder())
const linesOf = (text = '', form: RegExp): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => form.test(line))

describe('birdFiles', () => {
  it('announces the addresses of each family to the routers of that family', async () => {
    const [configuration, script, unit] = await files()
    assert.deepEqual(linesOf(configuration?.text, /^(router|protocol|route|local|neighbor|ipv|password) ?/), [
      'router id 192.0.2.11;',
      'protocol device {',
      'protocol static lbex_ready_ipv4 {',
      'ipv4 {',
      'route 198.51.100.10/32 blackhole;',
      'route 198.51.100.16/28 blackhole;',
      'protocol static lbex_standby_ipv4 {',
      'ipv4 {',
      'route 198.51.100.10/32 blackhole;',
      'route 198.51.100.16/28 blackhole;',
      'protocol static lbex_ready_ipv6 {',
      'ipv6 {',
      'route 2001:db8::10/128 blackhole;',
      'protocol static lbex_standby_ipv6 {',
      'ipv6 {',
      'route 2001:db8::10/128 blackhole;',
      'protocol bfd {',
      'protocol bgp lbex_neighbor_1 {',
      'local as 64513;',
      'neighbor 192.0.2.1 as 64512;',
      'ipv4 {',
      'protocol bgp lbex_neighbor_2 {',
      'local as 64513;',
      'neighbor 2001:db8:1::1 as 64512;',
      'ipv6 {',
    ])
    assert.deepEqual(linesOf(script?.text, /^ip |curl/), [
      'ip address replace 198.51.100.10/32 dev lo',
      'ip address replace 2001:db8::10/128 dev lo',
      'ip route replace local 198.51.100.16/28 dev lo',
      'if curl --fail --silent --max-time 1 --output /dev/null http://127.0.0.1:7331/readyz; then',
    ])
    assert.deepEqual(linesOf(unit?.text, /^ExecStart/), ['ExecStart=/bin/sh /etc/bird/lbex-announce'])
  })

  it('protects a file with a password', async () => {
    const withPassword = await files({password: 'two words'})
    const modes = (each: Awaited<ReturnType<typeof files>>) => each.map(({name, mode}) => [name, mode])
    assert.deepEqual(linesOf(withPassword[0]?.text, /^password/), [
      'password "two words";',
      'password "two words";',
    ])
    assert.deepEqual(modes(withPassword), [
      ['bird.conf', 0o640],
      ['lbex-announce', 0o755],
      ['lbex-announce.service', 0o644],
    ])
    assert.deepEqual(modes(await files())[0], ['bird.conf', 0o644])
  })

  it('rejects options that contradict each other', async () => {
    const refused = (options: Partial<BirdOptions>, message: RegExp): Promise<void> =>
      assert.rejects(files(options), {name: 'UsageError', message})
    const [first, second] = OPTIONS.neighbors as [BirdOptions['neighbors'][0], BirdOptions['neighbors'][0]]
    await refused({neighbors: [first]}, /^--address 2001:db8::10\/128 is announced to no router/)
    await refused({addresses: ['2001:db8::10']}, /^--neighbor 192.0.2.1 gets no routes/)
    await refused({neighbors: [first, second, first]}, /the same router twice/)
    await refused({localAs: 64_512}, /^--neighbor 192.0.2.1 has the AS of the hosts, 64512$/)
  })
})
