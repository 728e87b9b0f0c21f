import assert from 'node:assert/strict'
import {answerFailure, retryAfterOf} from '../../../src/kube/answer-failure.js'
import type {ResourceRequest} from '../../../src/kube/resource.js'

const SERVER = {url: new URL('https://user:secret@10.0.0.1:6443/'), through: '--kubeconfig c'}
const SERVICES: ResourceRequest = {
  verb: 'list',
  resource: {kind: 'Service', group: '', version: 'v1', plural: 'services'},
}
const SLICES: ResourceRequest = {
  verb: 'watch',
  resource: {kind: 'EndpointSlice', group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices'},
}
const STATUS = {kind: 'Status', message: 'because'}

function told(code: number, attempt = SERVICES, status: object | undefined = STATUS) {
  const {
    code: name,
    message,
    hint,
    temporary,
    status: answered,
  } = answerFailure({code, status}, attempt, SERVER)
  assert.equal(answered, code)
  return {code: name, message, hint, temporary}
}

describe('kube/answer-failure', () => {
  it('401: names the credentials', () => {
    assert.deepEqual(told(401), {
      code: 'api-unauthorized',
      message:
        'the API server at https://10.0.0.1:6443 (--kubeconfig c) does not accept the credentials: because',
      hint: 'the token or client certificate has expired or is for another cluster; renew the credentials of --kubeconfig c',
      temporary: false,
    })
  })

  it('403: shows the missing RBAC rule', () => {
    assert.deepEqual(told(403, SLICES), {
      code: 'api-forbidden',
      message:
        'the API server at https://10.0.0.1:6443 (--kubeconfig c) does not allow lbex to watch endpointslices.discovery.k8s.io: because',
      hint: `grant it with this rule in a ClusterRole:
- apiGroups: ["discovery.k8s.io"]
  resources: ["endpointslices"]
  verbs: ["list", "watch"]`,
      temporary: false,
    })
  })

  it('a patch with the uid of an object that was replaced is a conflict', () => {
    const patch = {...SERVICES, verb: 'patch', namespace: 'shop', name: 'web'} as const
    const replaced = {...STATUS, code: 422, details: {fields: ['metadata.uid']}}
    const {code, message, temporary} = told(422, patch, replaced)
    assert.deepEqual([code, temporary], ['api-conflict', true])
    assert.match(message, /the object was replaced by another one of its name: because$/)
    assert.equal(told(422, patch, {...STATUS, details: {fields: ['status']}}).code, 'api-error')
  })

  it('tells a namespace that is absent, or being deleted, from a missing right', () => {
    const create = {...SLICES, verb: 'create', namespace: 'shop'} as const
    const terminating = {...STATUS, details: {causes: ['NamespaceTerminating']}}
    const {code, message, hint} = told(403, create, terminating)
    assert.deepEqual([code, hint], ['api-absent', undefined])
    assert.match(message, /the namespace is being deleted: because$/)
    const absent = told(404, create, {...STATUS, code: 404, details: {kind: 'namespaces'}})
    assert.deepEqual([absent.code, absent.hint], ['api-absent', 'create the namespace shop'])
  })

  const CODES: readonly [status: number, attempt: ResourceRequest, code: string, temporary: boolean][] = [
    [404, SLICES, 'api-absent', false],
    [404, SERVICES, 'not-an-api-server', false],
    [410, SERVICES, 'api-gone', true],
    [422, SERVICES, 'api-error', false],
    [429, SERVICES, 'api-busy', true],
    [500, SERVICES, 'api-error', true],
    [503, SERVICES, 'api-error', true],
  ]
  for (const [status, attempt, code, temporary] of CODES) {
    it(`${status} to ${attempt.verb} ${attempt.resource.plural}: ${code}`, () => {
      const failure = told(status, attempt)
      assert.deepEqual({code: failure.code, temporary: failure.temporary}, {code, temporary})
    })
  }

  it('503: hints at the health checks', () => {
    assert.match(told(503).hint ?? '', /^kubectl get --raw "\/readyz\?verbose"/)
  })

  it('treats an error without a Status as the response of another program', () => {
    const {code, message, status} = answerFailure({code: 400}, SERVICES, SERVER)
    assert.deepEqual(
      {code, message, status},
      {
        code: 'not-an-api-server',
        message:
          'the API server at https://10.0.0.1:6443 (--kubeconfig c) answers list services with HTTP 400: this is not a Kubernetes API server',
        status: 400,
      },
    )
  })

  it('passes on Retry-After', () => {
    assert.equal(answerFailure({code: 429, retryAfter: 7000}, SERVICES, SERVER).retryAfter, 7000)
  })

  describe('Retry-After', () => {
    const now = Date.parse('2030-01-31T12:00:00Z')
    it('is read in seconds', () => assert.equal(retryAfterOf('7', undefined, now), 7000))
    it('is read as a date', () =>
      assert.equal(retryAfterOf('Thu, 31 Jan 2030 12:00:30 GMT', undefined, now), 30_000))
    it('is read from the Status', () =>
      assert.equal(retryAfterOf(undefined, {details: {retryAfterSeconds: 3}}, now), 3000))
    it('is limited to five minutes', () => assert.equal(retryAfterOf('86400', undefined, now), 300_000))
    for (const text of [undefined, '', '0', '-1', 'soon', 'Thu, 31 Jan 2030 11:00:00 GMT']) {
      it(`ignores ${JSON.stringify(text)}`, () => assert.equal(retryAfterOf(text, undefined, now), undefined))
    }
  })
})
