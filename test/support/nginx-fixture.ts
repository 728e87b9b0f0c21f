/** A folder for one NGINX, and whatever a test needs around it. Nothing is left behind, however the test ends. */
import type {NginxFile} from '../../src/dataplane/nginx-file.js'
import {layoutOf, type Layout} from '../../src/dataplane/nginx/store/layout.js'
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import type {NginxOptions} from '../../src/dataplane/nginx/runtime/nginx-options.js'
import type {Applied, DataPlane} from '../../src/dataplane/data-plane.js'
import {findOurProcesses, type OurProcesses} from '../../src/dataplane/nginx/process/our-processes.js'
import {endProcesses, send} from '../../src/dataplane/nginx/process/processes.js'
import type {DiscoveredNginx} from '../../src/dataplane/nginx/host/discover-nginx.js'
import {systemClock} from '../../src/util/clock.js'
import {whenAbandoned} from './abandoned.js'
import {applyFiles} from './apply-files.js'
import {testNginx} from './nginx-binary.js'
import {mainFile, type MainOptions} from './nginx-files.js'
import {RecordingLogger} from './nginx-log.js'
import {temporaryFolder} from './temporary-folder.js'
import {waitFor} from './wait.js'

export class NginxFixture {
  readonly log = new RecordingLogger()
  readonly layout: Layout
  private readonly closed: () => void
  private readonly edges = new Set<DataPlane>()

  /** Default: the NGINX of this machine. */
  static async make(nginx?: DiscoveredNginx): Promise<NginxFixture> {
    const {binary, capabilities} = nginx ?? (await testNginx())
    const folder = await temporaryFolder()
    return new NginxFixture(binary, capabilities.streamModule, folder)
  }

  private constructor(
    readonly binary: string,
    readonly streamModule: string | undefined,
    private readonly folder: {readonly path: string; remove(): Promise<void>},
  ) {
    this.layout = layoutOf(this.directory)
    this.closed = whenAbandoned(() => this.abandon())
  }

  get directory(): string {
    return this.folder.path
  }

  main(options: Partial<MainOptions> = {}): NginxFile {
    return mainFile({directory: this.directory, streamModule: this.streamModule, ...options})
  }

  async open(options: Partial<NginxOptions> = {}): Promise<DataPlane> {
    const nginx = await openNginx({
      directory: this.directory,
      binary: this.binary,
      log: this.log,
      clock: systemClock,
      openFiles: 4096,
      ...options,
    })
    this.edges.add(nginx)
    return nginx
  }

  /** Applies nginx.conf and these files. */
  apply(nginx: DataPlane, ...services: readonly NginxFile[]): Promise<Applied> {
    return applyFiles(nginx, [this.main(), ...services], new AbortController().signal)
  }

  /** lbex alone ends, NGINX goes on. */
  async leave(nginx: DataPlane): Promise<void> {
    this.edges.delete(nginx)
    await nginx.stop('leave', 0)
  }

  async drain(nginx: DataPlane, timeoutMs: number): Promise<void> {
    this.edges.delete(nginx)
    await nginx.stop('drain', timeoutMs)
  }

  processes(): OurProcesses {
    return findOurProcesses(this.layout, this.binary)
  }

  /** Kills all of NGINX. A worker that was forked a moment ago still has the title of its master, so one kill can miss it. */
  async kill(): Promise<void> {
    const isGone = (): boolean => {
      const {masters, accepting} = this.processes()
      for (const each of [...masters, ...accepting]) send(each, 'SIGKILL')
      return masters.length + accepting.length === 0
    }
    await waitFor(isGone, {what: 'the end of NGINX', every: 1})
  }

  /** Where mocha is interrupted no hook runs any more. */
  private abandon(): void {
    for (const each of Object.values(this.processes()).flat()) send(each, 'SIGKILL')
  }

  async close(): Promise<void> {
    for (const nginx of this.edges) await nginx.stop('leave', 0)
    await endProcesses(Object.values(this.processes()).flat(), systemClock, 2000)
    this.closed()
    await this.folder.remove()
  }
}
