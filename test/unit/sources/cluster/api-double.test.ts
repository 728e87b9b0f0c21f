/** The double is judged by the contract that real API servers are judged by. */
import {apiServerContract} from '../../../support/api-double/contract.js'
import {apiService} from '../../../support/api-double/objects.js'
import {useDouble} from '../../../support/api-double/use-double.js'

describe('the API double', () => {
  const use = useDouble()

  // A real server has long forgotten its first versions.
  beforeEach(() => {
    use.api.remove(use.api.put(apiService('long-ago')))
    use.api.history.compact()
  })

  describe('does what a real API server does', () => {
    apiServerContract(() => ({url: use.api.url}))
  })
})
