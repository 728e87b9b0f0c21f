/** A real API server as a cluster. What was put into it is taken out again, so that the next test finds it empty. */
import {keyOf, type Manifest} from '../support/api-double/history.js'
import {pathTo, resourceOf} from '../support/api-double/resources.js'
import type {Cluster} from './cluster.js'

/** As far as a cluster needs it. */
type Server = {
  readonly url: string
  readonly kubeconfig: string
  killApiServer(): Promise<() => Promise<void>>
}

export const MERGE_PATCH = 'application/merge-patch+json'

export class RealCluster implements Cluster {
  private readonly present = new Map<string, Manifest>()

  constructor(private readonly server: Server) {}

  get access(): string[] {
    return ['--kubeconfig', this.server.kubeconfig]
  }

  async put(...objects: readonly Manifest[]): Promise<void> {
    for (const object of objects) {
      await this.putOne(object)
      this.present.set(keyOf(object), object)
    }
  }

  async remove(...objects: readonly Manifest[]): Promise<void> {
    for (const object of objects) {
      await this.ask('DELETE', pathOf(object))
      this.present.delete(keyOf(object))
    }
  }

  async patch(object: Manifest, change: object): Promise<void> {
    await this.ask('PATCH', pathOf(object), change, MERGE_PATCH)
  }

  async all(kind: string): Promise<readonly Manifest[]> {
    const list = await this.ask('GET', pathTo(kind, undefined))
    return (list['items'] as Manifest[]).map((item) => ({...item, kind}))
  }

  killServer(): Promise<() => Promise<void>> {
    return this.server.killApiServer()
  }

  async close(): Promise<void> {
    await this.remove(...this.present.values())
    // What lbex has written for itself.
    for (const kind of ['Lease', 'Event']) await this.ask('DELETE', pathTo(kind, 'default'))
  }

  /** A request as the administrator; throws if the API server refuses it. */
  async ask(method: string, path: string, body?: object, type = 'application/json'): Promise<Manifest> {
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      ...(body && {headers: {'content-type': type}, body: JSON.stringify(body)}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`)
    return JSON.parse(text) as Manifest
  }

  private async putOne(object: Manifest): Promise<void> {
    const known = this.present.has(keyOf(object)) ? await this.ask('GET', pathOf(object)) : undefined
    const stored = known
      ? await this.ask('PUT', pathOf(object), replacement(object, known))
      : await this.ask('POST', pathTo(object.kind, object.metadata.namespace), versioned(object))
    // Neither a creation nor a change of the whole need take it over.
    if (object['status'] === undefined) return
    await this.ask('PUT', `${pathOf(object)}/status`, {...stored, status: object['status']})
  }
}

function pathOf({kind, metadata: {namespace, name}}: Manifest): string {
  return pathTo(kind, namespace, name)
}

function replacement(object: Manifest, {metadata}: Manifest): Manifest {
  return {...versioned(object), metadata: {...object.metadata, resourceVersion: metadata['resourceVersion']}}
}

function versioned(object: Manifest): Manifest {
  return {...object, apiVersion: resourceOf(object.kind).apiVersion}
}
