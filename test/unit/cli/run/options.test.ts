import assert from 'node:assert/strict'
import {
  refuseContradictions,
  renderOptions,
  translatorOptions,
  type Host,
} from '../../../../src/cli/run/options.js'
import type {NginxFlags} from '../../../../src/cli/flags/nginx.js'
import type {SelectionFlags} from '../../../../src/cli/flags/selection.js'
import type {ServingFlags} from '../../../../src/cli/flags/serving.js'
import type {TrafficFlags} from '../../../../src/cli/flags/traffic.js'
import {UsageError} from '../../../../src/cli/usage-error.js'
import {modelCapabilities, OLDEST_SUPPORTED} from '../../../../src/dataplane/nginx-capabilities.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {DEFAULT_MODEL_OPTIONS} from '../../../../src/core/model/options.js'
import {parseRange} from '../../../../src/core/cluster/address-range.js'
import {flagsOf} from './flags.js'

type Flags = SelectionFlags & ServingFlags & NginxFlags & TrafficFlags

const host: Host = {
  nginx: OLDEST_SUPPORTED,
  limits: {workers: 4, openFiles: 65_536, ipv6: true, workersStayRoot: false},
  directory: '/var/lib/lbex/nginx',
}
const defaults = {
  ...DEFAULT_INTENT_OPTIONS,
  ...DEFAULT_MODEL_OPTIONS,
  capabilities: modelCapabilities(OLDEST_SUPPORTED),
}
const evaluated = async (...argv: string[]) => translatorOptions(await flagsOf<Flags>(...argv), host)

describe('translatorOptions', () => {
  it('has the defaults of intent and model', async () => {
    assert.deepEqual(await evaluated(), defaults)
  })

  it('has the defaults of the host for settings of Services, and refuses invalid ones', async () => {
    const argv = ['--default-proxy-protocol=v1', '--default-accept-proxy-protocol', '10.0.0.0/8,fd00::/8']
    assert.deepEqual((await evaluated(...argv)).defaultSettings, {
      'loadbalancer.lbex/proxy-protocol': 'v1',
      'loadbalancer.lbex/accept-proxy-protocol': '10.0.0.0/8,fd00::/8',
    })
    for (const bad of ['--default-proxy-protocol=v3', '--default-accept-proxy-protocol=10.0.0.1'])
      await assert.rejects(evaluated(bad), UsageError)
  })

  it('selects', async () => {
    const argv = ['--service-name=a/b', '--service-pool=web', '--strict-affinity', '--no-require-port']
    assert.deepEqual(await evaluated(...argv, '--namespace=a', '--namespace=b', '--exclude-namespace=c'), {
      ...defaults,
      serviceName: 'a/b',
      servicePool: 'web',
      affinity: 'strict',
      requirePort: false,
      namespaces: ['a', 'b'],
      excludedNamespaces: ['c'],
    })
    assert.equal((await evaluated('--anti-affinity')).affinity, 'anti')
  })

  it('groups listen addresses by family, and does not serve a family without one', async () => {
    const argv = ['192.0.2.1', '2001:db8::1', '192.0.2.1', '192.0.2.2'].flatMap((address) => [
      '--listen-address',
      address,
    ])
    const {listenAddresses} = await evaluated(...argv)
    assert.deepEqual(listenAddresses, {IPv4: ['192.0.2.1', '192.0.2.2'], IPv6: ['2001:db8::1']})
    const covered = ['127.0.0.1', '0.0.0.0', '::', '2001:db8::1', '0:0::0'].flatMap((each) => [
      '--listen-address',
      each,
    ])
    assert.deepEqual((await evaluated(...covered)).listenAddresses, {IPv4: ['0.0.0.0'], IPv6: ['::']})
    assert.deepEqual((await evaluated('--listen-address=192.0.2.1')).listenAddresses, {
      IPv4: ['192.0.2.1'],
      IPv6: [],
    })
  })

  it('keeps the names of listen addresses, also of those that a wildcard covers', async () => {
    const argv = ['public=192.0.2.1', 'public=2001:DB8::1', 'a=192.0.2.1', 'public=192.0.2.1', '0.0.0.0'].map(
      (each) => `--listen-address=${each}`,
    )
    const {listenAddresses, addressNames} = await evaluated(...argv)
    assert.deepEqual(listenAddresses, {IPv4: ['0.0.0.0'], IPv6: ['2001:db8::1']})
    assert.deepEqual(addressNames, {public: ['192.0.2.1', '2001:db8::1'], a: ['192.0.2.1']})
  })

  it('sets which addresses may be servers', async () => {
    const argv = ['--allow-local-endpoints', '--deny-endpoints=10.20.0.0/16', '--deny-endpoints', 'fd00::7']
    assert.deepEqual(await evaluated(...argv), {
      ...defaults,
      allowLocalEndpoints: true,
      deniedEndpoints: [parseRange('10.20.0.0/16'), parseRange('fd00::7')],
    })
  })

  it('sets where traffic goes by default, and which zone is near', async () => {
    assert.deepEqual(await evaluated('--default-upstream-type=pod', '--zone=east'), {
      ...defaults,
      defaultUpstreamType: 'pod',
      zone: 'east',
    })
  })

  it('reserves the health port and the ports of --reserved-port', async () => {
    const reserved = async (...argv: string[]) => (await evaluated(...argv)).reservedPorts
    const holder = '--reserved-port'
    assert.deepEqual(await reserved('--reserved-port=53', '--reserved-port=80/tcp', '--health-port=8080'), [
      {port: 53, holder},
      {port: 80, protocol: 'TCP', holder},
      {port: 8080, protocol: 'TCP', holder: 'the health server'},
    ])
    assert.deepEqual(await reserved('--reserved-port=none', '--no-health-check'), [])
    const ui = ['--ui-address=127.0.0.1:7332', '--reserved-port=none', '--no-health-check']
    assert.deepEqual(await reserved(...ui), [{port: 7332, protocol: 'TCP', holder: 'the status page'}])
    assert.deepEqual((await evaluated(...ui)).ownListeners, [
      {address: '127.0.0.1', port: 7332, protocol: 'TCP'},
    ])
  })

  it('uses the capabilities of the host', async () => {
    const nginx = {...OLDEST_SUPPORTED, plus: true}
    const options = translatorOptions(await flagsOf<Flags>('--include-excluded-nodes'), {
      ...host,
      nginx,
      limits: {...host.limits, ipv6: false},
    })
    const capabilities = modelCapabilities(nginx)
    assert.deepEqual(options, {...defaults, capabilities, ipv6: false, includeExcludedNodes: true})
  })
})

describe('refuseContradictions', () => {
  it('rejects a namespace that is both selected and excluded', async () => {
    const flags = await flagsOf<Flags>('--namespace=a', '--exclude-namespace=a')
    assert.throws(
      () => refuseContradictions(flags),
      new UsageError(
        '--namespace and --exclude-namespace both select a',
        'remove the namespace from one of the two flags',
      ),
    )
  })

  it('accepts different namespaces', async () => {
    const flags = await flagsOf<Flags>('--namespace=a', '--exclude-namespace=b')
    assert.doesNotThrow(() => refuseContradictions(flags))
  })
})

describe('renderOptions', () => {
  const templates = {main: 'm', service: 's'}
  const files = {...templates, script: 'l'}

  it('has the options of the config writer', async () => {
    assert.deepEqual(renderOptions(await flagsOf<Flags>(), host, files), {
      nginx: OLDEST_SUPPORTED,
      templates,
      directory: '/var/lib/lbex/nginx',
      workers: 4,
      openFiles: 65_536,
      workersStayRoot: false,
      shutdownTimeout: 43_200,
    })
  })

  it('uses --workers and --worker-shutdown-timeout', async () => {
    const flags = await flagsOf<Flags>('--workers=2', '--worker-shutdown-timeout=1500ms')
    const {workers, shutdownTimeout} = renderOptions(flags, host, files)
    assert.deepEqual([workers, shutdownTimeout], [2, 2])
  })

  it('has an access log if metrics or lines for people need it, on a reserved port', async () => {
    const portWith = async (...args: string[]) =>
      renderOptions(await flagsOf<Flags>(...args), host, files).accessLog?.port
    assert.equal(await portWith(), undefined)
    assert.equal(await portWith('--traffic-port=7000'), undefined)
    assert.equal(await portWith('--traffic-metrics'), 7333)
    assert.equal(await portWith('--access-log=json', '--traffic-port=7000'), 7000)
    const {reservedPorts} = await evaluated('--traffic-metrics')
    assert.deepEqual(reservedPorts, [
      ...defaults.reservedPorts.slice(0, 2),
      {port: 7333, protocol: 'UDP', holder: 'the access log of NGINX'},
      ...defaults.reservedPorts.slice(2),
    ])
  })

  it('has live updates as --live-updates says, if NGINX can do them', async () => {
    const njs = {engine: 'qjs'} as const
    const capable = {...host, nginx: {...host.nginx, liveUpdates: true, njs}}
    const liveWith = async (on: typeof host, ...args: string[]): Promise<unknown> =>
      renderOptions(await flagsOf<Flags>(...args), on, files).live
    assert.deepEqual(await liveWith(capable, '--live-updates=auto'), {engine: 'qjs', script: 'l'})
    assert.deepEqual(await liveWith(capable), {engine: 'qjs', script: 'l'})
    assert.deepEqual(await liveWith(capable, '--live-updates=on'), {engine: 'qjs', script: 'l'})
    assert.equal(await liveWith(capable, '--live-updates=off'), undefined)
    assert.equal(await liveWith(host, '--live-updates=auto'), undefined)
    await assert.rejects(liveWith(host, '--live-updates=on'), {code: 'live-updates-unavailable'})
  })
})
