import assert from 'node:assert/strict'
import type {LbexState} from '../../../../src/core/state/lbex-state.js'
import type {ServiceState} from '../../../../src/core/state/service-state.js'
import {answerStateRequest} from '../../../../src/observe/state/state-api.js'
import {A_DEBUG_STATE} from '../../../support/ui-states.js'

function service(namespace: string, name: string, servers = 0): ServiceState {
  const listener = {
    ...({listener: '0.0.0.0:80/TCP', state: 'served', servicePort: 80, portName: ''} as const),
    servers: Array.from({length: servers}, () => ({address: '10.0.0.7:80', healthy: true})),
  }
  return {namespace, name, state: 'served', listeners: [listener], diagnostics: []}
}

function stateOf(services: readonly ServiceState[]): LbexState {
  const summary = {read: 0, selected: 0, served: 0, partial: 0, notServed: 0, errors: 0, warnings: 0}
  return {version: 1, at: '', summary, services, diagnostics: []}
}

const FEW = stateOf([service('a', 'x'), service('b', 'a'), service('b', 'x'), service('c', 'a')])

async function ask(target: string, {method = 'GET', state = FEW} = {}) {
  const explain = (name: string) => (name === 'a/x' ? {value: {name}} : {problem: `there is no ${name}`})
  const view = {state: () => state, explain, debug: () => A_DEBUG_STATE}
  const {status, text} = await answerStateRequest({method, target}, view)
  return {status, body: JSON.parse(String(text)) as LbexState & {error?: string}}
}

const namesIn = ({services}: LbexState) => services.map(({namespace, name}) => `${namespace}/${name}`)

describe('the state API', () => {
  it('answers with all Services, or those of a namespace or a name', async () => {
    assert.deepEqual(namesIn((await ask('/api/v1/state')).body), ['a/x', 'b/a', 'b/x', 'c/a'])
    assert.deepEqual(namesIn((await ask('/api/v1/state?namespace=b&namespace=c')).body), [
      'b/a',
      'b/x',
      'c/a',
    ])
    assert.deepEqual(namesIn((await ask('/api/v1/state?service=x&service=c/a')).body), ['a/x', 'b/x', 'c/a'])
  })

  it('answers with the Services whose labels match', async () => {
    const labelled = {...service('a', 'y'), labels: {app: 'web', tier: 'front'}}
    const state = stateOf([...FEW.services, labelled])
    const target = (selector: string) => `/api/v1/state?labelSelector=${encodeURIComponent(selector)}`
    assert.deepEqual(namesIn((await ask(target('app=web,tier in (front, back)'), {state})).body), ['a/y'])
    assert.deepEqual(namesIn((await ask(target('!app'), {state})).body), ['a/x', 'b/a', 'b/x', 'c/a'])
    const {status, body} = await ask(target('app=web,'), {state})
    assert.equal(status, 400)
    assert.match(body.error ?? '', /^"" is not a valid label selector; write /)
  })

  it('answers in pages, also if the last Service of a page is gone', async () => {
    const {body} = await ask('/api/v1/state?limit=2')
    assert.deepEqual([namesIn(body), body.continue], [['a/x', 'b/a'], 'b/a'])
    const state = stateOf(FEW.services.filter(({name, namespace}) => namespace !== 'b' || name !== 'a'))
    const next = (await ask(`/api/v1/state?limit=2&continue=${encodeURIComponent('b/a')}`, {state})).body
    assert.deepEqual([namesIn(next), next.continue], [['b/x', 'c/a'], undefined])
  })

  it('limits the servers of a page', async () => {
    const state = stateOf([service('a', 'a', 30_000), service('a', 'b', 9000), service('a', 'c', 9000)])
    const {body} = await ask('/api/v1/state', {state})
    assert.deepEqual([namesIn(body), body.continue], [['a/a'], 'a/a'])
    assert.deepEqual(namesIn((await ask('/api/v1/state?continue=a/a', {state})).body), ['a/b', 'a/c'])
  })

  it('explains one Service', async () => {
    assert.deepEqual(await ask('/api/v1/explain?service=a%2Fx'), {status: 200, body: {name: 'a/x'}})
    assert.deepEqual(await ask('/api/v1/explain?service=b'), {status: 404, body: {error: 'there is no b'}})
    assert.deepEqual(await ask('/api/v1/explain'), {
      status: 400,
      body: {error: 'the parameter service is missing'},
    })
  })

  it('refuses other requests', async () => {
    const cases: [string, string, number, RegExp][] = [
      [
        '/api/v2/state',
        'GET',
        404,
        /the paths are \/api\/v1\/state, \/api\/v1\/explain, \/debug\/state, \/metrics$/,
      ],
      ['/api/v1/state', 'POST', 405, /only GET is allowed/],
      ['/api/v1/state?limit=0', 'GET', 400, /^limit must be a number from 1 to 5000$/],
      ['/api/v1/state?page=2', 'GET', 400, /^unknown parameter page; the parameters are limit, /],
    ]
    for (const [target, method, status, error] of cases) {
      const answer = await ask(target, {method})
      assert.equal(answer.status, status)
      assert.match(answer.body.error ?? '', error)
    }
  })
})
