/** One of each major version of Node that lbex is for: what `engines` in package.json says, and the workflows of GitHub. */
export const NODES = ['20.20.2', '22.23.1', '24.21.0']
