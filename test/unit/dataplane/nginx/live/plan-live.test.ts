import assert from 'node:assert/strict'
import type {LiveListener, NginxFile} from '../../../../../src/dataplane/nginx-file.js'
import type {ListenerKey} from '../../../../../src/core/model/listener-key.js'
import {planLive} from '../../../../../src/dataplane/nginx/live/plan-live.js'

const MAIN: NginxFile = {path: 'nginx.conf', text: 'main', owners: [], listeners: []}

function key(port: number): ListenerKey {
  return {address: '0.0.0.0', port, protocol: 'TCP'}
}

/** A listener whose servers are 10.0.0.N:80; its upstream has the name of its port. */
function listener(
  port: number,
  servers: readonly number[],
  fields: Partial<LiveListener> = {},
): LiveListener {
  return {
    key: key(port),
    shape: 'shape',
    upstream: `up_${port}`,
    servers: servers.map((last) => ({address: `10.0.0.${last}`, port: 80, weight: 1})),
    replaceable: true,
    ...fields,
  }
}

function file(name: string, ...live: LiveListener[]): NginxFile {
  const text = JSON.stringify(live)
  return {
    path: `services/${name}-${text}.conf`,
    ...{text, live},
    owners: [{kind: 'Service', namespace: 'default', name}],
    listeners: live.map(({key}) => key),
  }
}

function plan(loaded: NginxFile[], wanted: NginxFile[], idle: ListenerKey[] = []): object {
  const {entries, waiting, complete} = planLive(loaded, wanted, idle)
  return {entries: Object.fromEntries(entries), waiting: [...waiting], complete}
}

const SAME = {entries: {}, waiting: [], complete: true}

describe('planLive', () => {
  it('needs nothing for what is loaded', () => {
    assert.deepEqual(plan([MAIN, file('a', listener(1, [1]))], [MAIN, file('a', listener(1, [1]))]), SAME)
  })

  it('lets a listener serve until the reload if it is wanted in another form', () => {
    const shared: NginxFile = {...file('shared'), listeners: [key(1)]}
    const {entries} = planLive([MAIN, file('a', listener(1, [1]))], [MAIN, shared], [key(1)])
    assert.deepEqual([...entries], [])
  })

  it('has an entry for each upstream with other servers', () => {
    const loaded = [MAIN, file('a', listener(1, [1]), listener(2, [2])), file('b', listener(3, [3]))]
    const wanted = [MAIN, file('a', listener(1, [1]), listener(2, [4])), file('b', listener(3, [5]))]
    const entries = {up_2: '11:10.0.0.4:80', up_3: '11:10.0.0.5:80'}
    assert.deepEqual(plan(loaded, wanted), {entries, waiting: [], complete: true})
  })

  it('refuses clients of an idle listener, also if its file is gone', () => {
    const loaded = [file('a', listener(1, [1]), listener(2, [2])), file('b', listener(3, [3]))]
    const wanted = [file('a', listener(1, [1]))]
    const entries = {up_2: '1:', up_3: '1:'}
    assert.deepEqual(plan(loaded, wanted, [key(2), key(3)]), {entries, waiting: [], complete: true})
  })

  it('does not close a listener', () => {
    const loaded = [file('a', listener(1, [1])), file('b', listener(2, [1]))]
    const wanted = [file('b', listener(2, [2]))]
    const entries = {up_2: '11:10.0.0.2:80'}
    assert.deepEqual(plan(loaded, wanted), {entries, waiting: ['up_1'], complete: false})
  })

  it('does not open a listener', () => {
    const loaded = [file('a', listener(1, [1]))]
    const wanted = [file('a', listener(1, [1])), file('b', listener(2, [2]))]
    assert.deepEqual(plan(loaded, wanted), {entries: {}, waiting: [], complete: false})
  })

  it('does not change anything but servers', () => {
    const wanted = [file('a', listener(1, [2], {shape: 'other'}))]
    const waits = {entries: {}, waiting: ['up_1'], complete: false}
    assert.deepEqual(plan([file('a', listener(1, [1]))], wanted), waits)
  })

  it('does not replace servers of a consistent hash, but refuses clients without any', () => {
    const loaded = [file('a', listener(1, [1], {replaceable: false}))]
    const waits = {entries: {}, waiting: ['up_1'], complete: false}
    assert.deepEqual(plan(loaded, [file('a', listener(1, [2], {replaceable: false}))]), waits)
    assert.deepEqual(plan(loaded, [], [key(1)]), {entries: {up_1: '1:'}, waiting: [], complete: true})
  })

  it('does not replace servers that do not fit in an entry', () => {
    const many = Array.from({length: 501}, (_, index) => index % 256)
    const waits = {entries: {}, waiting: ['up_1'], complete: false}
    assert.deepEqual(plan([file('a', listener(1, [1]))], [file('a', listener(1, many))]), waits)
  })

  it('does not change nginx.conf, nor a file that was not written for this', () => {
    const {live: _, ...plain} = file('a', listener(1, [2]))
    const nothing = {entries: {}, waiting: [], complete: false}
    assert.deepEqual(plan([MAIN], [{...MAIN, text: 'other'}]), nothing)
    assert.deepEqual(plan([], [plain]), nothing)
    const waits = {entries: {}, waiting: ['up_1'], complete: false}
    assert.deepEqual(plan([file('a', listener(1, [1]))], [plain]), waits)
  })

  it('names the Services that wait for a reload, and no others', () => {
    const loaded = [
      MAIN,
      ...[file('live', listener(1, [1])), file('closed', listener(2, [1]))],
      ...[file('moved', listener(3, [1])), file('half', listener(4, [1]), listener(5, [1]))],
    ]
    const wanted = [
      {...MAIN, text: 'other'},
      ...[file('live', listener(1, [2])), file('opened', listener(6, [1]))],
      ...[file('taker', listener(3, [1], {upstream: 'other', shape: 'other'}))],
      file('half', listener(4, [2]), listener(5, [1], {shape: 'other'})),
    ]
    const names = planLive(loaded, wanted, []).owners.map(({name}) => name)
    assert.deepEqual([...new Set(names)].sort(), ['closed', 'half', 'moved', 'opened', 'taker'])
  })

  it('leaves alone an upstream that one of its listeners needs a reload for', () => {
    const loaded = [file('a', listener(1, [1], {upstream: 'up'}), listener(2, [1], {upstream: 'up'}))]
    const wanted = [file('a', listener(1, [2], {upstream: 'up'}))]
    assert.deepEqual(plan(loaded, wanted), {entries: {}, waiting: ['up'], complete: false})
  })
})
