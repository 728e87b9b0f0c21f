// Which tests run at the same time. Each lane is a mocha of its own and runs its files one after the other.

/** Tests that start lbex and NGINX, and serve traffic. They wait more than they compute: that is why they have two lanes. */
const SERVING = ['commands', 'component', 'deploy', 'integration/health', 'integration/nginx']
/** Their programs are short-lived gclouds, which serve nothing. */
const GCE = /\/gce\b/

export const LANES = /** @type {const} */ (['e2e', 'serving', 'other'])

/** The lane of a test. @param {string} file from the root of the project @returns {typeof LANES[number]} */
export function laneOf(file) {
  if (GCE.test(file)) return 'other'
  if (file.startsWith('test/e2e/')) return 'e2e'
  return SERVING.some((folder) => file.startsWith(`test/${folder}/`)) ? 'serving' : 'other'
}
