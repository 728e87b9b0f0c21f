/** An NGINX with njs, for tests of changes without a reload: Services whose servers are ports of this machine. */
import {readFileSync} from 'node:fs'
import type {Secret} from '../../src/core/cluster/objects.js'
import {idleListeners} from '../../src/core/translate/idle-listeners.js'
import type {Applied, DataPlane, PrepareOptions, PreparedChange} from '../../src/dataplane/data-plane.js'
import type {NginxCapabilities} from '../../src/dataplane/nginx-capabilities.js'
import type {NginxFile} from '../../src/dataplane/nginx-file.js'
import type {NginxOptions} from '../../src/dataplane/nginx/runtime/nginx-options.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from './builders.js'
import {nginxOf, type NGINX_SUITES} from './nginx-binary.js'
import {NginxFixture} from './nginx-fixture.js'
import {skipBecause} from './skip.js'
import {createPipeline, translateWith, type TestOptions} from './translate.js'

/** Text of templates/live.js. */
export const LIVE_SCRIPT = readFileSync(new URL('../../templates/live.js', import.meta.url), 'utf8')

/** A Service with one port and servers on 127.0.0.1. */
export type LiveService = {
  readonly listen: number
  /** Ports of its servers. */
  readonly to: readonly number[]
  readonly protocol?: 'TCP' | 'UDP'
  readonly affinity?: boolean
  readonly annotations?: Readonly<Record<string, string>>
}

/** By name. */
export type LiveWorld = Readonly<Record<string, LiveService>>

export class LiveStage {
  /** Those of the namespace of the Services. */
  secrets: readonly Secret[] = []
  private readonly pipeline: ReturnType<typeof createPipeline>

  /** Skips the tests if the NGINX of the suite was not fetched. */
  static async make(
    context: Mocha.Context,
    suite: (typeof NGINX_SUITES)[number],
    script = LIVE_SCRIPT,
  ): Promise<LiveStage> {
    const nginx = await nginxOf(suite)
    if ('reason' in nginx) skipBecause(context, nginx.reason)
    if ('reason' in nginx) throw new Error(nginx.reason)
    return new LiveStage(await NginxFixture.make(nginx), nginx.capabilities, script)
  }

  private constructor(
    readonly fixture: NginxFixture,
    nginx: NginxCapabilities,
    script: string,
  ) {
    const {directory} = fixture
    this.pipeline = createPipeline(
      options({
        nginx,
        live: {...nginx.njs, script},
        listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []},
        allowLocalEndpoints: true,
        directory,
        openFiles: 4096,
        shutdownTimeout: 60,
      } satisfies Partial<TestOptions>),
    )
  }

  /** With changes without a reload, which are consolidated after an hour; `options` may say something else. */
  open(extra: Partial<NginxOptions> = {}): Promise<DataPlane> {
    return this.fixture.open({live: {mode: 'on', consolidateAfter: 3_600_000}, ...extra})
  }

  /** What lbex would hand to the data plane for these Services. */
  translate(world: LiveWorld): {files: readonly NginxFile[]; idle: PrepareOptions['idle']} {
    const parts = Object.entries(world).flatMap(([name, service]) => partsOf(name, service))
    const translation = translateWith(this.pipeline, {...aSnapshot(parts), secrets: this.secrets})
    return {files: translation.files, idle: idleListeners(translation)}
  }

  prepare(nginx: DataPlane, world: LiveWorld, extra: PrepareOptions = {}): Promise<PreparedChange> {
    const {files, idle = []} = this.translate(world)
    return nginx.prepare(files, new AbortController().signal, {idle, ...extra})
  }

  async apply(nginx: DataPlane, world: LiveWorld, extra: PrepareOptions = {}): Promise<Applied> {
    return nginx.commit(await this.prepare(nginx, world, extra), new AbortController().signal)
  }

  close(): Promise<void> {
    return this.fixture.close()
  }
}

function partsOf(name: string, {listen, to, protocol = 'TCP', affinity, annotations = {}}: LiveService) {
  const service = aService(name)
    .annotated({'upstream-type': 'pod', ...annotations})
    .with(affinity ? {sessionAffinity: 'ClientIP'} : {})
    .port('main', 80, {listen, protocol})
  const slices = to.map((port) =>
    aSlice(name).named(`${name}-${port}`).port('main', port, protocol).endpoints(anEndpoint('127.0.0.1')),
  )
  return [service, ...slices]
}
