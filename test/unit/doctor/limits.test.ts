import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {DesiredListener} from '../../../src/doctor/listeners.js'
import {
  checkKernel,
  checkOpenFiles,
  readKernelSettings,
  type KernelSettings,
} from '../../../src/doctor/limits.js'
import {temporaryFolder} from '../../support/temporary-folder.js'

const GOOD: KernelSettings = {
  firstFreePort: 1024,
  somaxconn: 4096,
  localPorts: [32_768, 60_999],
  reservedPorts: [],
}
const wanted = (port: number): DesiredListener => ({
  key: {address: '0.0.0.0', port, protocol: 'TCP'},
  owner: 'Service default/web',
  transparent: false,
})
const check = (settings: Partial<KernelSettings>, ...ports: number[]) =>
  checkKernel({...GOOD, ...settings}, ports.map(wanted))
    .filter(({state}) => state !== 'ok')
    .map(({check: name, state, fix}) => [name, state, fix])

describe('readKernelSettings', () => {
  it('reads the settings that exist', async () => {
    const folder = await temporaryFolder()
    assert.deepEqual(await readKernelSettings(folder.path), {
      firstFreePort: 1024,
      somaxconn: undefined,
      localPorts: undefined,
      reservedPorts: [],
      conntrack: undefined,
    })
    const FILES = {
      'net/core/somaxconn': '128\n',
      'net/ipv4/ip_local_port_range': '1024\t65535\n',
      'net/ipv4/ip_local_reserved_ports': '8080,9000-9010\n',
      'net/ipv4/ip_unprivileged_port_start': '80\n',
      'net/netfilter/nf_conntrack_count': '17\n',
      'net/netfilter/nf_conntrack_max': '262144\n',
    }
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder.path, name)), {recursive: true})
      await writeFile(join(folder.path, name), text)
    }
    assert.deepEqual(await readKernelSettings(folder.path), {
      firstFreePort: 80,
      somaxconn: 128,
      localPorts: [1024, 65_535],
      reservedPorts: [
        [8080, 8080],
        [9000, 9010],
      ],
      conntrack: {count: 17, max: 262_144},
    })
    await folder.remove()
  })

  it('reads the settings of this host', async () => {
    const {somaxconn, localPorts} = await readKernelSettings()
    assert.ok(somaxconn !== undefined && localPorts !== undefined)
  })
})

describe('checkKernel', () => {
  it('accepts the defaults of current kernels', () => {
    assert.deepEqual(check({conntrack: {count: 10, max: 262_144}}, 80, 30_080), [])
    assert.equal(checkKernel(GOOD, []).length, 2)
  })

  it('warns of a small backlog', () => {
    assert.deepEqual(check({somaxconn: 128}), [
      ['backlog', 'warning', 'sudo sysctl -w net.core.somaxconn=4096'],
    ])
  })

  it('warns of few local ports', () => {
    assert.deepEqual(check({localPorts: [40_000, 41_000]}), [
      ['client-ports', 'warning', 'sudo sysctl -w net.ipv4.ip_local_port_range="32768 60999"'],
    ])
  })

  it('warns of listen ports that are not reserved', () => {
    assert.deepEqual(
      check(
        {
          reservedPorts: [
            [35_000, 35_010],
            [36_000, 36_000],
          ],
        },
        80,
        35_001,
        40_000,
        50_000,
      ),
      [
        [
          'client-ports',
          'warning',
          'sudo sysctl -w net.ipv4.ip_local_reserved_ports=35000-35010,36000,40000,50000',
        ],
      ],
    )
  })

  it('warns of a nearly full connection tracking table', () => {
    assert.deepEqual(check({conntrack: {count: 60_000, max: 65_536}}), [
      ['conntrack', 'warning', 'sudo sysctl -w net.netfilter.nf_conntrack_max=131072'],
    ])
  })

  it('reports settings that cannot be read', () => {
    assert.deepEqual(check({somaxconn: undefined, localPorts: undefined}), [
      ['backlog', 'unknown', undefined],
      ['client-ports', 'unknown', undefined],
    ])
  })
})

describe('checkOpenFiles', () => {
  it('compares the limit with what is needed', () => {
    assert.deepEqual(checkOpenFiles(65_536, 17_440), {
      check: 'open-files',
      state: 'ok',
      message: '65536 per worker, 17440 needed',
    })
    assert.equal(checkOpenFiles(1024, 17_440).state, 'warning')
  })
})
