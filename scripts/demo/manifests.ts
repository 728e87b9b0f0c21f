/** The manifests that lbex follows in the demo: a copy of examples/, which the demo edits as a person would. */
import {cp, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

export class Manifests {
  /** Copies examples/ to `folder`. */
  static async copy(folder: string): Promise<Manifests> {
    await cp(fileURLToPath(new URL('../../examples', import.meta.url)), folder, {recursive: true})
    return new Manifests(folder)
  }

  private constructor(readonly folder: string) {}

  /** Changes the endpoints of my-nginx, line by line. */
  async editEndpoints(change: (lines: string[]) => string[]): Promise<void> {
    await this.edit(join('cluster', 'my-nginx-endpoints.yaml'), (text) =>
      change(text.trimEnd().split('\n')).join('\n'),
    )
  }

  /** Adds annotations of lbex to the Service my-nginx. */
  async annotate(annotations: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(annotations).map(
      ([name, value]) => `    loadbalancer.lbex/${name}: '${value}'`,
    )
    await this.edit('my-nginx.yaml', (text) =>
      text.trimEnd().replace('  annotations:\n', `  annotations:\n${lines.join('\n')}\n`),
    )
  }

  private async edit(name: string, change: (text: string) => string): Promise<void> {
    const file = join(this.folder, name)
    await writeFile(file, `${change(await readFile(file, 'utf8'))}\n`)
  }
}
