// Which tests run at the same time. Each lane is a mocha of its own and runs its files one after the other.

/** Tests that serve traffic or start lbex and NGINX: two of them at once would take each other's time. */
const SERVING = ['commands', 'component', 'deploy', 'e2e', 'integration/health', 'integration/nginx']
/** Their programs are short-lived gclouds, which serve nothing. */
const GCE = /\/gce\b/

export const LANES = /** @type {const} */ (['serving', 'other'])

/** The lane of a test. @param {string} file from the root of the project @returns {typeof LANES[number]} */
export function laneOf(file) {
  const serves = SERVING.some((folder) => file.startsWith(`test/${folder}/`))
  return serves && !GCE.test(file) ? 'serving' : 'other'
}
