/** A double for each test of a suite, which is gone after it. */
import {systemClock, type Clock} from '../../../src/util/clock.js'
import type {KubeAccess} from '../../../src/kube/access.js'
import {openAccess, type AccessOptions} from '../../../src/kube/open-access.js'
import {INTEGRATION_TIMEOUT} from '../timeouts.js'
import {ApiDouble, type DoubleOptions} from './api-double.js'

export type DoubleInUse = {
  /** The double of the running test. */
  readonly api: ApiDouble
  /** Access to it: through --proxy, unless the options say otherwise. */
  access(options?: Partial<AccessOptions>, clock?: Clock): Promise<KubeAccess>
}

/** To be called inside `describe`. */
export function useDouble(options: DoubleOptions = {}): DoubleInUse {
  let api = new ApiDouble(options)
  let opened: KubeAccess[] = []
  beforeEach(async () => {
    api = await new ApiDouble(options).start()
    opened = []
  })
  afterEach(async () => {
    for (const access of opened) access.close()
    await api.kill()
  })
  return {
    get api() {
      return api
    },
    access: async (given = {proxy: api.url}, clock = systemClock) => {
      const access = await openAccess({version: '0.0.0', clock, ...given})
      opened.push(access)
      return access
    },
  }
}

/** For `before`: what a kubeconfig needs is large, and the first import may take its time on a busy machine. */
export async function loadLibrary(this: Mocha.Context): Promise<void> {
  this.timeout(INTEGRATION_TIMEOUT)
  await import('@kubernetes/client-node')
}
