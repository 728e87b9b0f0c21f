import assert from 'node:assert/strict'
import {groupErrors, groupState, progressText} from '../../../src/gce/group-state.js'
import {statusText} from '../../../src/gce/status-text.js'

const TEMPLATE = 'https://compute/v1/projects/my-project/global/instanceTemplates/web-vm-0123456789'
const GROUP = {name: 'web-group', targetSize: 2, instanceTemplate: TEMPLATE, status: {isStable: true}}

function host(name: string, more: Record<string, unknown> = {}) {
  return {
    instance: `https://compute/v1/projects/my-project/zones/us-central1-a/instances/${name}`,
    currentAction: 'NONE',
    instanceStatus: 'RUNNING',
    instanceHealth: [{detailedHealthState: 'HEALTHY'}],
    version: {instanceTemplate: TEMPLATE},
    ...more,
  }
}

describe('gce/group-state', () => {
  it('is stable if every host exists, is healthy and uses the template', () => {
    const stable = (hosts: unknown[], group: object = GROUP): boolean => groupState(group, hosts).stable
    assert.equal(stable([host('a'), host('b')]), true)
    assert.equal(stable([host('a')]), false)
    assert.equal(stable([host('a'), host('b')], {...GROUP, status: {isStable: false}}), false)
    assert.equal(
      stable([host('a'), host('b', {instanceHealth: [{detailedHealthState: 'UNHEALTHY'}]})]),
      false,
    )
    assert.equal(stable([host('a'), host('b', {currentAction: 'RECREATING'})]), false)
    assert.equal(stable([host('a'), host('b', {version: {instanceTemplate: 'x/web-vm-old'}})]), false)
    assert.equal(stable([host('a'), host('b', {instanceHealth: undefined})]), true)
  })

  it('shows the state of each host that is not healthy', () => {
    const errors = {errors: {errors: [{message: 'Quota CPUS exceeded'}]}}
    const hosts = [
      host('a'),
      host('b', {currentAction: 'CREATING', instanceStatus: undefined, lastAttempt: errors}),
      host('c', {instanceHealth: [{detailedHealthState: 'TIMEOUT'}]}),
      host('d', {version: {instanceTemplate: 'x/web-vm-old'}}),
    ]
    assert.equal(
      progressText(groupState(GROUP, hosts)),
      '1 of 4 hosts are healthy, b creating (Quota CPUS exceeded), c running timeout, d running healthy of the old template',
    )
    const settling = groupState({...GROUP, status: {isStable: false}}, [host('a'), host('b')])
    assert.equal(progressText(settling), '2 of 2 hosts are healthy, the group is not stable yet')
  })

  it('sorts errors, the newest first', () => {
    const error = (timestamp: string) => ({
      timestamp,
      error: {message: 'no'},
      instanceActionDetails: {instance: 'x/a'},
    })
    assert.deepEqual(
      groupErrors([error('2026-01-01'), error('2026-01-02')]).map(({at}) => at),
      ['2026-01-02', '2026-01-01'],
    )
    assert.deepEqual(groupErrors(undefined), [])
  })

  it('shows hosts that use an older template', () => {
    const policy = {
      minNumReplicas: 2,
      maxNumReplicas: 10,
      cpuUtilization: {utilizationTarget: 0.7},
      mode: 'OFF',
    }
    const state = groupState({...GROUP, autoscaler: {autoscalingPolicy: policy}}, [
      host('a'),
      host('b', {version: {instanceTemplate: 'x/web-vm-old'}}),
    ])
    assert.equal(
      statusText(state, []),
      [
        'group       web-group: not stable, 2 of 2 hosts healthy',
        'autoscaler  2 to 10 hosts at 70 % CPU, mode OFF',
        'template    web-vm-0123456789 (1 of 2 hosts use an older one)',
        '',
        'HOST  ZONE           STATUS   HEALTH   ACTION  TEMPLATE',
        'a     us-central1-a  RUNNING  HEALTHY  NONE    web-vm-0123456789',
        'b     us-central1-a  RUNNING  HEALTHY  NONE    web-vm-old',
        '',
      ].join('\n'),
    )
    assert.match(statusText(groupState(GROUP, []), []), /\nautoscaler {2}none\n[^]*\nno hosts\n$/)
  })
})
