/** Objects of the API double as kubectl reads them: with discovery, and with Events of the core group. */
import {execFile} from 'node:child_process'
import {createServer, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {isLabelled, type History, type Stored} from './api-double/history.js'
import {temporaryFolder, type TemporaryFolder} from './temporary-folder.js'

const execute = promisify(execFile)

/** Milliseconds: kubectl prints the age of an Event in whole minutes if it is older than ten. */
const EVENT_AGE = 12 * 60_000

const V1 = {groupVersion: 'v1', version: 'v1'}
const SLICES = {groupVersion: 'discovery.k8s.io/v1', version: 'v1'}

const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': {kind: 'APIVersions', versions: ['v1']},
  '/apis': {
    kind: 'APIGroupList',
    groups: [{name: 'discovery.k8s.io', versions: [SLICES], preferredVersion: SLICES}],
  },
  '/api/v1': resources(V1.groupVersion, ['services', 'Service'], ['events', 'Event']),
  '/apis/discovery.k8s.io/v1': resources(SLICES.groupVersion, ['endpointslices', 'EndpointSlice']),
}

function resources(
  groupVersion: string,
  ...kinds: readonly (readonly [name: string, kind: string])[]
): object {
  const verbs = ['get', 'list']
  return {
    kind: 'APIResourceList',
    groupVersion,
    resources: kinds.map(([name, kind]) => ({
      name,
      singularName: kind.toLowerCase(),
      kind,
      namespaced: true,
      verbs,
    })),
  }
}

export class KubectlView {
  static async open(history: History): Promise<KubectlView> {
    const view = new KubectlView(history, await temporaryFolder())
    await new Promise<void>((resolve) => view.server.listen(0, '127.0.0.1', resolve))
    return view
  }

  private readonly server: Server = createServer(({url = '/'}, response) => this.answer(url, response))

  private constructor(
    private readonly history: History,
    private readonly folder: TemporaryFolder,
  ) {}

  /** What kubectl prints. */
  async kubectl(...parameters: readonly string[]): Promise<string> {
    const {port} = this.server.address() as AddressInfo
    const access = ['--server', `http://127.0.0.1:${port}`, '--cache-dir', join(this.folder.path, 'cache')]
    const env = {PATH: process.env['PATH'] ?? '', HOME: this.folder.path}
    const {stdout} = await execute('kubectl', [...access, ...parameters], {env})
    return stdout
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve))
    await this.folder.remove()
  }

  private answer(url: string, response: ServerResponse): void {
    const {pathname, searchParams} = new URL(url, 'http://view')
    const found = DISCOVERY[pathname] ?? this.find(pathname, searchParams)
    response.writeHead(found ? 200 : 404, {'content-type': 'application/json'})
    response.end(JSON.stringify(found ?? {kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404}))
  }

  private find(path: string, query: URLSearchParams): object | undefined {
    const [, namespace = '', plural = '', name] =
      /\/namespaces\/([^/]+)\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
    if (plural === 'services') return this.history.get('Service', namespace, name ?? '')
    const all = this.history.pin().objects.filter(({metadata}) => metadata.namespace === namespace)
    if (plural === 'endpointslices') {
      const items = all.filter(({kind}) => kind === 'EndpointSlice')
      const labelled = items.filter(isLabelled(query.get('labelSelector')))
      return {kind: 'EndpointSliceList', apiVersion: SLICES.groupVersion, metadata: {}, items: labelled}
    }
    const about = /involvedObject\.name=([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1]
    const events = all.filter(({kind}) => kind === 'Event').sort(byVersion)
    const items = events.map(asCoreEvent)
    return {
      ...{kind: 'EventList', apiVersion: 'v1', metadata: {}},
      items: items.filter(({involvedObject}) => involvedObject?.name === about),
    }
  }
}

function byVersion(a: Stored, b: Stored): number {
  return Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion)
}

/** As the API server converts it (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/events/v1/conversion.go). */
function asCoreEvent({note, regarding, reportingController, ...event}: Stored) {
  return {
    ...event,
    apiVersion: 'v1',
    message: note,
    involvedObject: regarding as {readonly name: string} | undefined,
    reportingComponent: reportingController,
    eventTime: `${new Date(Date.now() - EVENT_AGE).toISOString().slice(0, -1)}000Z`,
    source: {},
  }
}
