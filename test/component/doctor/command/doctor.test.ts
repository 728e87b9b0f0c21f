import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {doctor, type DoctorFlags} from '../../../../src/doctor/command/doctor.js'
import type {Finding} from '../../../../src/diagnostics/finding.js'
import {hostLimits} from '../../../../src/dataplane/nginx/host/host-limits.js'
import {apiNode, apiService, apiSlice} from '../../../support/api-double/objects.js'
import {useDouble} from '../../../support/api-double/use-double.js'
import {freePort} from '../../../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {BROKEN, complete} from '../../../commands/manifests.js'
import {nginxFlags} from '../../../commands/nginx.js'
import {flagsOf} from '../../../unit/cli/run/flags.js'

describe('doctor', () => {
  const use = useDouble()
  let folder: TemporaryFolder
  let flags: string[]

  beforeEach(async () => {
    folder = await temporaryFolder()
    const health = ['--health-address', '127.0.0.1', '--health-port', `${await freePort()}`]
    flags = ['--json', '--allow-local-endpoints', ...health, ...(await nginxFlags(folder.path))]
  })
  afterEach(() => folder.remove())

  async function examine(...more: string[]) {
    const {output, notes, exitCode} = await doctor(await flagsOf<DoctorFlags>(...flags, ...more), ['careful'])
    const {findings} = JSON.parse(output) as {findings: Finding[]}
    return {findings, notes, exitCode}
  }
  const of = (findings: readonly Finding[], name: string) =>
    findings.filter(({check}) => check === name).map(({state, message}) => `${state} ${message}`)

  it('checks a cluster, and the host for its Services', async () => {
    const port = await freePort()
    const annotations = {
      'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
      'loadbalancer-port.lbex/main': `${port}`,
    }
    use.api.put(apiService('web', {annotations}))
    use.api.put(apiSlice('web', ['10.1.0.1']))
    use.api.put(apiNode('node-1', '127.0.0.1'))
    const {findings, notes, exitCode} = await examine('--proxy', use.api.url)
    const checks = new Set(findings.map(({check}) => check))
    for (const name of [
      'nginx',
      'nginx-dir',
      'health-port',
      'open-files',
      'api',
      'api-permissions',
      'services',
      'ports',
    ])
      assert.ok(checks.has(name), name)
    assert.deepEqual(of(findings, 'services'), ['ok 1 Service can be served'])
    assert.deepEqual(of(findings, 'backends'), ['warning nothing listens on 127.0.0.1:30000'])
    assert.deepEqual([notes, exitCode], ['warning: careful\n', 0])
    assert.equal(use.api.openWatches, 0)
  })

  it('knows the addresses that Services have from a pool', async () => {
    const status = {loadBalancer: {ingress: [{ip: '203.0.113.9'}]}}
    const service = apiService('web')
    const type = {type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'}
    use.api.put({...service, spec: {...(service['spec'] as object), ...type}, status})
    const {findings} = await examine('--proxy', use.api.url, '--address-pool', '198.51.100.0/30')
    assert.match(of(findings, 'services').join(), /203\.0\.113\.9, which is no longer in an address pool/)
    assert.match(of(findings, 'virtual-address').join(), /198\.51\.100\.0\/30/)
  })

  it('checks files, and reports their errors as a warning', async () => {
    const file = join(folder.path, 'web.yaml')
    await writeFile(file, complete('web', await freePort(), 9) + BROKEN)
    const {findings} = await examine('-f', file)
    assert.deepEqual(of(findings, 'api'), [])
    const [served, broken = '', ...others] = of(findings, 'services')
    assert.deepEqual([served, others], ['ok 1 Service can be served', []])
    assert.match(broken, /^warning Service default\/\S+: error port-invalid: .* \(.*web\.yaml:\d+:\d+\)$/)
    await assert.rejects(examine('-f', '/none.yaml'), {name: 'Failure'})
  })

  it('continues without NGINX and without a cluster', async () => {
    const {findings, exitCode} = await examine('--nginx-bin', '/none', '--kubeconfig', '/none')
    assert.deepEqual(of(findings, 'nginx'), ['problem NGINX was not found: /none is not an executable file'])
    assert.match(of(findings, 'api')[0] ?? '', /^problem .*\/none/)
    assert.deepEqual(of(findings, 'services'), [
      'unknown the Services could not be read, so their ports and backends were not checked',
    ])
    assert.equal(exitCode, 1)
  })

  it('reports once that the API server does not respond', async () => {
    await use.api.kill()
    const {findings} = await examine('--proxy', use.api.url)
    assert.equal(of(findings, 'api').length, 1)
  })

  it('reports a missing permission once, although reading fails too', async () => {
    use.api.forbidden.add('list services')
    const {findings, exitCode} = await examine('--proxy', use.api.url)
    assert.equal(findings.filter(({state}) => state === 'problem').length, 1)
    assert.deepEqual(of(findings, 'api-permissions'), ['problem lbex may not list services'])
    assert.equal(exitCode, 1)
  })

  it('reports that reading fails although it is allowed', async () => {
    use.api.fault = ({verb}) => (verb === 'list' ? {kind: 'refuse', with: {code: 500, body: ''}} : undefined)
    const {findings} = await examine('--proxy', use.api.url)
    assert.match(of(findings, 'api')[1] ?? '', /^problem .* cannot list \w+.* \(HTTP 500\)/)
  })

  it('skips the health port with --health-check=false, and prints text without --json', async () => {
    flags = flags.filter((flag) => flag !== '--json')
    const report = await doctor(
      await flagsOf<DoctorFlags>(...flags, '--health-check=false', '--proxy', use.api.url),
      [],
    )
    assert.doesNotMatch(report.output, /health-port/)
    assert.match(report.output, /^ok {7}nginx/)
    const {ipv6} = await hostLimits()
    assert.equal(/^ok +ipv6/m.test(report.output), !ipv6)
  })
})
