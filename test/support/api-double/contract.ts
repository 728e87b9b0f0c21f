/**
 * What lbex relies on in an API server, as tests: they hold for the double, and the e2e suite runs them on a real
 * kube-apiserver, so that the double stays honest.
 */
import assert from 'node:assert/strict'
import {waitFor} from '../wait.js'
import {apiService} from './objects.js'
import type {Manifest} from './history.js'
import {pathTo} from './resources.js'

export type ContractTarget = {
  readonly url: string
  /** Whatever it takes to be let in. */
  readonly headers?: Readonly<Record<string, string>>
}

/** JSON as it comes: whatever is compared with it says what it should be. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any

type Answer = {readonly status: number; readonly body: Json}

/** To be called inside `describe`. The target has the namespace `default`, and nothing of ours in it. */
export function apiServerContract(target: () => ContractTarget): void {
  const SERVICES = pathTo('Service', 'default')
  const created = new Set<string>()
  const watching = new Set<AbortController>()

  async function ask(method: string, path: string, body?: Manifest): Promise<Answer> {
    const {url, headers} = target()
    const sent = body && JSON.stringify({apiVersion: 'v1', ...body})
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {...headers, ...(sent && {'content-type': 'application/json'})},
      ...(sent && {body: sent}),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: /^\s*\{/.test(text) ? JSON.parse(text) : text,
    }
  }

  async function create(name: string): Promise<Json> {
    created.add(name)
    const {status, body} = await ask('POST', SERVICES, service(name))
    assert.equal(status, 201)
    return body
  }

  async function remove(name: string): Promise<void> {
    created.delete(name)
    assert.equal((await ask('DELETE', `${SERVICES}/${name}`)).status, 200)
  }

  /** The events of a watch, as they come in. */
  async function watch(query: string): Promise<{events: Json[]; ended: Promise<void>}> {
    const stopping = new AbortController()
    watching.add(stopping)
    const {url, headers} = target()
    const response = await fetch(`${url}${SERVICES}?watch=true&${query}`, {
      signal: stopping.signal,
      ...(headers && {headers}),
    })
    assert.equal(response.status, 200)
    const events: Json[] = []
    return {events, ended: collect(response, events)}
  }

  async function list(query = ''): Promise<Json> {
    const {status, body} = await ask('GET', `${SERVICES}?${query}`)
    assert.equal(status, 200)
    return body
  }

  const named = (events: readonly Json[]): string[] =>
    events.map(({type, object}) => `${type} ${object.metadata.name}`)

  afterEach(async () => {
    for (const stopping of watching) stopping.abort()
    watching.clear()
    for (const name of created) await remove(name)
  })

  it('lists page by page, as it was when the first page was read', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await create(name)
    const first = await list('limit=2')
    await create('page-d')
    const pages = [first]
    for (let token = first.metadata.continue; token; token = pages.at(-1).metadata.continue) {
      pages.push(await list(`limit=2&continue=${encodeURIComponent(token)}`))
    }
    const items: Json[] = pages.flatMap((page) => page.items as Json[])
    const names: string[] = items.map(({metadata}) => metadata.name)
    assert.deepEqual(
      names.filter((name) => name.startsWith('page-')),
      ['page-a', 'page-b', 'page-c'],
    )
    assert.deepEqual(new Set(pages.map(({metadata}) => metadata.resourceVersion)).size, 1)
    assert.equal(first.kind, 'ServiceList')
    assert.equal(first.items[0].kind, undefined)
  })

  it('refuses a token that it did not make', async () => {
    const {status, body} = await ask('GET', `${SERVICES}?limit=2&continue=banana`)
    assert.deepEqual([status, body.kind, body.code], [400, 'Status', 400])
  })

  it('refuses a position beside a token', async () => {
    for (const name of ['beside-a', 'beside-b']) await create(name)
    const {metadata} = await list('limit=1')
    const query = `limit=1&resourceVersion=${metadata.resourceVersion}&continue=${encodeURIComponent(metadata.continue)}`
    const {status, body} = await ask('GET', `${SERVICES}?${query}`)
    assert.deepEqual([status, body.kind, body.reason], [400, 'Status', 'BadRequest'])
  })

  it('gives one object by its name, with its type', async () => {
    const {metadata} = await create('one-a')
    const {status, body} = await ask('GET', `${SERVICES}/one-a`)
    assert.deepEqual([status, body.kind, body.apiVersion], [200, 'Service', 'v1'])
    assert.equal(body.metadata.resourceVersion, metadata.resourceVersion)
    const absent = await ask('GET', `${SERVICES}/one-b`)
    assert.deepEqual([absent.status, absent.body.kind, absent.body.reason], [404, 'Status', 'NotFound'])
  })

  it('refuses a change of what has changed meanwhile', async () => {
    const object = await create('conflict-a')
    const change = (text: string) =>
      ask('PUT', `${SERVICES}/conflict-a`, {
        ...object,
        metadata: {...object.metadata, annotations: {text}},
      })
    assert.equal((await change('first')).status, 200)
    const {status, body} = await change('second')
    assert.deepEqual([status, body.kind, body.reason], [409, 'Status', 'Conflict'])
  })

  it('watches from a list on: each change once, in order, with growing versions', async () => {
    const {metadata} = await list()
    const {events} = await watch(`resourceVersion=${metadata.resourceVersion}`)
    const object = await create('watch-a')
    const changed = {...object, metadata: {...object.metadata, annotations: {text: 'zwölf'}}}
    assert.equal((await ask('PUT', `${SERVICES}/watch-a`, changed)).status, 200)
    await remove('watch-a')
    await waitFor(() => events.length >= 3, {what: 'three events'})
    assert.deepEqual(named(events), ['ADDED watch-a', 'MODIFIED watch-a', 'DELETED watch-a'])
    assert.equal(events[1].object.metadata.annotations.text, 'zwölf')
    assert.equal(events[1].object.kind, 'Service')
    const versions = events.map((event) => Number(event.object.metadata.resourceVersion))
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    )
    assert.equal(new Set(events.map((event) => event.object.metadata.uid)).size, 1)
  })

  it('resumes a watch where it ended', async () => {
    const before = await create('resume-a')
    await create('resume-b')
    const {events} = await watch(`resourceVersion=${before.metadata.resourceVersion}`)
    await waitFor(() => events.length >= 1, {what: 'the event that was missed'})
    assert.deepEqual(named(events), ['ADDED resume-b'])
  })

  it('sends a bookmark before it ends a watch regularly', async () => {
    const {metadata} = await list()
    const query = `resourceVersion=${metadata.resourceVersion}&allowWatchBookmarks=true&timeoutSeconds=4`
    const {events, ended} = await watch(query)
    const version = Number((await create('bookmark-a')).metadata.resourceVersion)
    await ended
    const bookmarks = events.filter(({type}) => type === 'BOOKMARK')
    assert.ok(bookmarks.length > 0)
    for (const bookmark of bookmarks) {
      assert.equal(bookmark.object.kind, 'Service')
      assert.ok(Number(bookmark.object.metadata.resourceVersion) >= version)
    }
  })

  it('sends no bookmark where that would tell nothing new', async () => {
    const {metadata} = await create('bookmark-b')
    const query = `resourceVersion=${metadata.resourceVersion}&allowWatchBookmarks=true&timeoutSeconds=4`
    const {events, ended} = await watch(query)
    await ended
    assert.deepEqual(events, [])
  })

  it('says 410 in the stream where the changes are forgotten', async () => {
    const {events, ended} = await watch('resourceVersion=1&timeoutSeconds=3')
    await ended
    const errors = events.filter(({type}) => type === 'ERROR').map(({object}) => [object.kind, object.code])
    assert.deepEqual(errors, [['Status', 410]])
  })

  it('accepts a version that is yet to come, and says nothing', async () => {
    const {events, ended} = await watch('resourceVersion=999999999&timeoutSeconds=1')
    await create('future-a')
    await ended
    assert.deepEqual(
      events.filter(({type}) => type !== 'BOOKMARK'),
      [],
    )
  })

  it('answers 404 for a group that it does not have', async () => {
    assert.equal((await ask('GET', '/apis/no.such.group/v1/things')).status, 404)
  })

  function service(name: string): Manifest {
    const {spec: _, ...manifest} = apiService(name)
    return {...manifest, spec: {ports: [{name: 'main', port: 80}]}}
  }
}

async function collect(response: Response, events: unknown[]): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, {stream: true})
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      events.push(...lines.map((line) => JSON.parse(line)))
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  }
}
