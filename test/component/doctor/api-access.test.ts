import assert from 'node:assert/strict'
import {checkApi} from '../../../src/doctor/api-access.js'
import {ENDPOINT_SLICES, NODES} from '../../../src/sources/cluster/kinds.js'
import {systemClock} from '../../../src/util/clock.js'
import {pageNotFound} from '../../support/api-double/status.js'
import {useDouble} from '../../support/api-double/use-double.js'

const RESOURCES = [
  {...ENDPOINT_SLICES.resource, namespaced: true},
  {...NODES.resource, namespaced: false},
]

describe('checkApi', () => {
  const use = useDouble()
  const check = async (namespaces: readonly string[] = [], now = Date.now()) =>
    checkApi(await use.access(), {resources: RESOURCES, namespaces}, {...systemClock, now: () => now})

  it('accepts a server that allows everything', async () => {
    const {findings, answers} = await check()
    assert.deepEqual(
      findings.map((finding) => `${finding.check} ${finding.state} ${finding.message}`),
      [
        `api ok the API server at ${use.api.url} (--proxy) answers`,
        'api-permissions ok lbex may list and watch endpointslices, nodes',
        'clock ok the API server has the same time',
      ],
    )
    assert.equal(answers, true)
    assert.equal(use.api.count('list', 'nodes'), 0)
  })

  it('names each missing permission, and the rule that grants it', async () => {
    use.api.forbidden.add('watch endpointslices').add('list nodes')
    const {findings} = await check(['shop'])
    assert.deepEqual(
      findings.filter(({state}) => state === 'problem').map(({message, fix}) => [message, fix]),
      [
        [
          'lbex may not watch endpointslices.discovery.k8s.io in the namespace shop',
          'grant it with this rule in a Role of the namespace shop: {apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"]}',
        ],
        [
          'lbex may not list nodes',
          'grant it with this rule in a ClusterRole: {apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"]}',
        ],
      ],
    )
  })

  it('compares the clocks', async () => {
    const skewed = async (by: number) => (await check([], Date.now() + by)).findings.at(-1)?.message
    assert.match((await skewed(3_600_000)) ?? '', /^this host is (3599|3600|3601) s ahead of the API server$/)
    assert.match((await skewed(-3_600_000)) ?? '', /^this host is (3599|3600|3601) s behind the API server$/)
  })

  it('reports that the API server is not reachable', async () => {
    await use.api.kill()
    const {findings, answers} = await check()
    assert.deepEqual([findings.length, findings[0]?.state, answers], [1, 'problem', false])
    assert.match(findings[0]?.message ?? '', /connection refused$/)
  })

  it('reports unknown permissions if the server has no access reviews', async () => {
    use.api.fault = () => ({kind: 'refuse', with: pageNotFound})
    const {findings, answers} = await check()
    assert.deepEqual([findings.map(({state}) => state), answers], [['ok', 'unknown'], true])
  })

  it('throws bugs', async () => {
    const broken = {description: '', review: () => Promise.reject(new TypeError('a bug'))}
    await assert.rejects(checkApi(broken, {resources: RESOURCES, namespaces: []}, systemClock), TypeError)
  })
})
