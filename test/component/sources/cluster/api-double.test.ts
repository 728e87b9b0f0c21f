/** Runs the contract of real API servers against the double. */
import {apiServerContract} from '../../../support/api-double/contract.js'
import {apiWritesContract} from '../../../support/api-double/contract-writes.js'
import {apiService} from '../../../support/api-double/objects.js'
import {useDouble} from '../../../support/api-double/use-double.js'

describe('the API double', () => {
  const use = useDouble()

  // A real server has long forgotten its first versions.
  beforeEach(() => {
    use.api.remove(use.api.put(apiService('long-ago')))
    use.api.history.compact()
  })

  describe('behaves like a real API server', () => {
    apiServerContract(() => ({url: use.api.url}))
    apiWritesContract(() => ({url: use.api.url}))
  })
})
