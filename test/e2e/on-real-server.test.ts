/** The same scenarios on a real etcd and kube-apiserver, and the contract that keeps the double honest. */
import {apiServerContract} from '../support/api-double/contract.js'
import {apiWritesContract} from '../support/api-double/contract-writes.js'
import {loadLibrary} from '../support/api-double/use-double.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {findAssets, type Assets} from './api-server-assets.js'
import {CONTROLLERS, endpointControllerScenarios} from './endpoint-controller.js'
import {RealCluster} from './real-cluster.js'
import {RealServer} from './real-server.js'
import {SCENARIOS} from './scenarios/index.js'

describe('end to end, on a real API server', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  const assets = findAssets()
  if (typeof assets === 'string') it(`(skipped: ${assets})`)
  else onRealServer(assets)
})

function onRealServer(assets: Assets): void {
  let server: RealServer

  before(loadLibrary)
  before(async () => {
    server = await RealServer.start(assets)
  })
  after(() => server.stop())

  describe('which keeps the contract', () => {
    apiServerContract(() => server)
    apiWritesContract(() => server)
  })
  const open = async (): Promise<RealCluster> => new RealCluster(server)
  for (const scenarios of SCENARIOS) scenarios(open)
  const {controllerManager} = assets
  if (controllerManager)
    endpointControllerScenarios(open, () => server.startControllers(controllerManager, CONTROLLERS))
  else it('(skipped: no kube-controller-manager beside kube-apiserver)')
}
