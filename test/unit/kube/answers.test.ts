import assert from 'node:assert/strict'
import {parseEvent, parsePage, parseStatus} from '../../../src/kube/answers.js'
import type {ResourceRequest} from '../../../src/kube/resource.js'

const SERVER = {url: new URL('http://127.0.0.1:8001'), through: '--proxy'}
const ATTEMPT: ResourceRequest = {
  verb: 'watch',
  resource: {kind: 'Service', group: '', version: 'v1', plural: 'services'},
}
const WEB = {metadata: {name: 'web', resourceVersion: '7'}}

describe('kube/answers', () => {
  it('reads a page', () => {
    const page = {kind: 'ServiceList', metadata: {resourceVersion: '9', continue: 'more'}, items: [WEB]}
    assert.deepEqual(parsePage(JSON.stringify(page), SERVER), {
      items: [WEB],
      resourceVersion: '9',
      continueToken: 'more',
    })
  })

  it('reads the last page, and one without objects', () => {
    const page = {kind: 'ServiceList', metadata: {resourceVersion: '9', continue: ''}, items: null}
    assert.deepEqual(parsePage(JSON.stringify(page), SERVER), {items: [], resourceVersion: '9'})
  })

  for (const [what, text] of [
    ['HTML', '<!DOCTYPE html><title>Welcome</title>'],
    ['another object', '{"kind":"APIVersions","versions":["v1"]}'],
    ['a list without a version', '{"kind":"ServiceList","items":[]}'],
    ['null', 'null'],
    ['nothing', ''],
  ] as const) {
    it(`treats ${what} as the response of another program`, () => {
      assert.throws(() => parsePage(text, SERVER), {code: 'not-an-api-server', temporary: false})
    })
  }

  for (const item of ['null', '{}', '{"metadata":null}', '{"metadata":{"namespace":"a"}}', '7', '"web"']) {
    it(`skips ${item}, which has no name, and counts it`, () => {
      const web = {metadata: {name: 'web', resourceVersion: '8'}}
      const text = `{"kind":"ServiceList","metadata":{"resourceVersion":"9"},"items":[${item},${JSON.stringify(web)}]}`
      assert.deepEqual(parsePage(text, SERVER), {items: [web], resourceVersion: '9', nameless: 1})
    })
  }

  it('rejects a continue token that is not a string', () => {
    const text = '{"kind":"ServiceList","metadata":{"resourceVersion":"9","continue":{}},"items":[]}'
    assert.throws(() => parsePage(text, SERVER), {code: 'api-answer', temporary: true})
  })

  for (const items of ['{}', '"web"', '7']) {
    it(`rejects ${items} as items, with a temporary failure`, () => {
      const text = `{"kind":"ServiceList","metadata":{"resourceVersion":"9"},"items":${items}}`
      assert.throws(() => parsePage(text, SERVER), {
        code: 'api-answer',
        temporary: true,
        message:
          'the API server at http://127.0.0.1:8001 (--proxy) answers with a list whose items are not an array',
      })
    })
  }

  it('reads a bookmark, which has no object', () => {
    const object = {metadata: {resourceVersion: '8'}}
    assert.deepEqual(parseEvent(JSON.stringify({type: 'BOOKMARK', object}), ATTEMPT, SERVER), {
      type: 'BOOKMARK',
      object,
    })
  })

  it('reads events, including unknown types', () => {
    for (const type of ['ADDED', 'BOOKMARK', 'REWOUND']) {
      assert.deepEqual(parseEvent(JSON.stringify({type, object: WEB}), ATTEMPT, SERVER), {type, object: WEB})
    }
  })

  it('throws the failure that an ERROR event describes', () => {
    const object = {kind: 'Status', code: 410, message: 'too old resource version: 5 (10)'}
    assert.throws(() => parseEvent(JSON.stringify({type: 'ERROR', object}), ATTEMPT, SERVER), {
      code: 'api-gone',
      message:
        'the API server at http://127.0.0.1:8001 (--proxy) cannot watch services from this resource version: it has expired: too old resource version: 5 (10)',
    })
    const busy = {kind: 'Status', code: 429, details: {retryAfterSeconds: 2}}
    assert.throws(() => parseEvent(JSON.stringify({type: 'ERROR', object: busy}), ATTEMPT, SERVER), {
      code: 'api-busy',
      retryAfter: 2000,
    })
    assert.throws(() => parseEvent('{"type":"ERROR"}', ATTEMPT, SERVER), {code: 'api-error', status: 500})
  })

  for (const line of [
    '',
    'banana',
    '{}',
    '{"type":"ADDED"}',
    '{"type":"ADDED","object":{"metadata":{}}}',
    '{"type":"DELETED","object":{"metadata":{"resourceVersion":"8"}}}',
    '{"type":"MODIFIED","object":null}',
    'null',
  ]) {
    it(`rejects ${JSON.stringify(line)}`, () => {
      assert.throws(() => parseEvent(line, ATTEMPT, SERVER), {code: 'api-answer', temporary: true})
    })
  }

  it('recognizes a Status', () => {
    assert.deepEqual(parseStatus('{"kind":"Status","code":403}'), {kind: 'Status', code: 403})
    const odd = '{"kind":"Status","code":"403","message":{"toString":5},"details":{"retryAfterSeconds":"x"}}'
    assert.deepEqual(parseStatus(odd), {kind: 'Status'})
    for (const text of ['{"kind":"Service"}', 'null', '404 page not found']) {
      assert.equal(parseStatus(text), undefined)
    }
  })
})
