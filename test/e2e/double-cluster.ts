/** The API double as a cluster, which allows what deploy/ allows; it also can be made to fail (`api`). */
import {ApiDouble} from '../support/api-double/api-double.js'
import {answerObject} from '../support/api-double/answer-object.js'
import type {Manifest} from '../support/api-double/history.js'
import {resourceOf} from '../support/api-double/resources.js'
import {rightsOfPublishRoles, rightsOfRole} from '../support/cluster-role.js'
import type {Cluster} from './cluster.js'

export class DoubleCluster implements Cluster {
  readonly api = new ApiDouble()

  static async open(): Promise<DoubleCluster> {
    const cluster = new DoubleCluster()
    cluster.api.allowed = new Set([...rightsOfRole(), ...rightsOfPublishRoles(true)])
    await cluster.api.start()
    return cluster
  }

  get access(): string[] {
    return ['--proxy', this.api.url]
  }

  async put(...objects: readonly Manifest[]): Promise<void> {
    for (const object of objects) this.api.put({...this.statusOf(object), ...object})
  }

  async all(kind: string): Promise<readonly Manifest[]> {
    return this.api.history.pin().objects.filter((object) => object.kind === kind)
  }

  async remove(...objects: readonly Manifest[]): Promise<void> {
    for (const object of objects) this.ask('DELETE', object)
  }

  async patch(object: Manifest, change: object): Promise<void> {
    this.ask('PATCH', object, JSON.stringify(change))
  }

  async killServer(): Promise<() => Promise<void>> {
    await this.api.kill()
    return async () => {
      this.api.history.pass()
      this.api.history.compact()
      await this.api.start()
    }
  }

  /** As an administrator, whose rights are not limited. */
  private ask(method: string, {kind, metadata: {namespace, name}}: Manifest, body = ''): void {
    const target = {resource: resourceOf(kind), name, ...(namespace !== undefined && {namespace})}
    const answer = answerObject(
      this.api.history,
      {method, target, type: 'application/merge-patch+json'},
      body,
    )
    if ('body' in answer) throw new Error(`${method} ${kind} ${name}: ${String(answer.body)}`)
  }

  /** A change of the whole object leaves its status as it is. */
  private statusOf({kind, metadata: {namespace, name}}: Manifest): {readonly status?: unknown} {
    const known = this.api.history.get(kind, namespace, name)
    return known?.['status'] === undefined ? {} : {status: known['status']}
  }

  close(): Promise<void> {
    return this.api.kill()
  }
}
