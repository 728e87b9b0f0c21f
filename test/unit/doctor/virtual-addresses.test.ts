import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import type {networkInterfaces} from 'node:os'
import {dirname, join} from 'node:path'
import {
  checkVirtualAddresses,
  readAddressSettings,
  type AddressSettings,
  type ConfiguredAddresses,
} from '../../../src/doctor/virtual-addresses.js'
import {temporaryFolder} from '../../support/temporary-folder.js'

type Interfaces = ReturnType<typeof networkInterfaces>
type Entry = NonNullable<Interfaces[string]>[number]

const entry = (cidr: string): Entry => ({
  address: cidr.split('/')[0] ?? '',
  cidr,
  family: 'IPv4',
  netmask: '',
  mac: '',
  internal: false,
})
const INTERFACES: Interfaces = {
  lo: [entry('127.0.0.1/8'), entry('198.51.100.10/32'), entry('192.0.2.99/32')],
  eth0: [entry('192.0.2.11/24')],
  eth1: [{...entry('203.0.113.11/24'), cidr: null}],
}
const interfaceOf = (name: string) => ({name, rpFilter: 0, arpIgnore: 0, arpAnnounce: 0})
const SETTINGS: AddressSettings = {
  nonlocal: {IPv4: false, IPv6: true},
  interfaces: [interfaceOf('eth0'), interfaceOf('eth1')],
}

function check(addresses: Partial<ConfiguredAddresses>, settings: Partial<AddressSettings> = {}): string[] {
  const all = {listen: [], publish: [], pools: [], ...addresses}
  const findings = checkVirtualAddresses(all, INTERFACES, {...SETTINGS, ...settings})
  return findings.map(({check: name, state, message, fix}) =>
    [state, `${name}:`, message, ...(fix === undefined ? [] : [`(${fix})`])].join(' '),
  )
}

describe('checkVirtualAddresses', () => {
  it('finds nothing if no address is virtual', () => {
    const listen = ['0.0.0.0', '::', '192.0.2.11', '127.0.0.5', '::1']
    assert.deepEqual(check({listen, publish: ['192.0.2.11', 'web.example.com']}), [])
  })

  it('says whether NGINX can listen on an address that the host does not have', () => {
    assert.deepEqual(check({listen: ['192.0.2.10', '2001:db8::10', '192.0.2.10']}), [
      'warning virtual-address: 192.0.2.10 is not on this host now, and NGINX cannot listen on it before it is (net.ipv4.ip_nonlocal_bind is 0) (if the address moves between hosts: sudo sysctl -w net.ipv4.ip_nonlocal_bind=1, and the same line in /etc/sysctl.d/90-lbex.conf)',
      'ok virtual-address: 2001:db8::10 is not on this host now; NGINX can listen on it already (net.ipv6.ip_nonlocal_bind is 1)',
    ])
  })

  it('says whether NGINX can listen on all addresses of the pools', () => {
    const pools: ConfiguredAddresses['pools'] = [
      {family: 'IPv4', text: '192.0.2.16/28'},
      {family: 'IPv6', text: '2001:db8::/120'},
      {family: 'IPv4', text: '192.0.2.1-192.0.2.7'},
    ]
    assert.deepEqual(check({pools, listen: ['192.0.2.11']}), [
      'warning virtual-address: NGINX cannot listen on addresses of --address-pool 192.0.2.16/28, 192.0.2.1-192.0.2.7 that this host does not have (net.ipv4.ip_nonlocal_bind is 0) (sudo sysctl -w net.ipv4.ip_nonlocal_bind=1, and the same line in /etc/sysctl.d/90-lbex.conf)',
      'ok virtual-address: NGINX can listen on all addresses of --address-pool 2001:db8::/120 (net.ipv6.ip_nonlocal_bind is 1)',
    ])
  })

  it('warns if Services without an address of a pool listen on the pools too', () => {
    const pools: ConfiguredAddresses['pools'] = [{family: 'IPv6', text: '2001:db8::/120'}]
    for (const listen of [[], ['0.0.0.0'], ['192.0.2.11', '::']])
      assert.deepEqual(check({pools, listen}).slice(1), [
        'warning virtual-address: lbex listens on all addresses of this host: a Service without an address of a pool takes its ports on all addresses of the pools (if there are such Services: start lbex with --listen-address and the addresses of this host)',
      ])
  })

  it('does not require a published address', () => {
    assert.deepEqual(check({publish: ['192.0.2.10']}), [
      'ok virtual-address: 192.0.2.10 is published, and not on this host now: another host or a load balancer has it',
    ])
  })

  it('warns if packets to an address on lo may be dropped', () => {
    const strict = [{...interfaceOf('eth0'), rpFilter: 1}, interfaceOf('eth1')]
    assert.deepEqual(check({publish: ['198.51.100.10']}, {interfaces: strict}), [
      'ok virtual-address: 198.51.100.10 is on lo',
      'warning rp-filter: net.ipv4.conf.*.rp_filter is 1 for eth0: packets that arrive there are dropped if the route back uses another interface (if routers send clients by several interfaces: sudo sysctl -w net.ipv4.conf.all.rp_filter=2)',
    ])
    assert.deepEqual(check({listen: ['198.51.100.10']}, {interfaces: strict.slice(0, 1)}), [
      'ok virtual-address: 198.51.100.10 is on lo',
      'ok rp-filter: packets may arrive on any interface',
    ])
  })

  it('warns if several hosts may answer for an address on lo', () => {
    assert.deepEqual(check({listen: ['192.0.2.99']}).slice(2), [
      'warning arp: this host answers ARP requests for 192.0.2.99 on eth0, as other hosts with the address on lo may do too (use an address outside the networks of the hosts, or: sudo sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2)',
    ])
    const quiet = [{...interfaceOf('eth0'), arpIgnore: 1, arpAnnounce: 2}]
    assert.deepEqual(check({listen: ['192.0.2.99']}, {interfaces: quiet}).slice(2), [])
  })
})

describe('readAddressSettings', () => {
  it('reads what the kernel applies, and the defaults of what is missing', async () => {
    const folder = await temporaryFolder()
    const FILES = {
      'ipv4/ip_nonlocal_bind': '1\n',
      'ipv4/conf/all/rp_filter': '2\n',
      'ipv4/conf/eth0/rp_filter': '1\n',
      'ipv4/conf/eth0/arp_ignore': '1\n',
    }
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder.path, name)), {recursive: true})
      await writeFile(join(folder.path, name), text)
    }
    assert.deepEqual(await readAddressSettings(['eth0'], folder.path), {
      nonlocal: {IPv4: true, IPv6: false},
      interfaces: [{name: 'eth0', rpFilter: 2, arpIgnore: 1, arpAnnounce: 0}],
    })
    await folder.remove()
  })
})
