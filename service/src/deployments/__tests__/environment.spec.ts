import { moduleEnvironment } from '../environment';

describe('the environment of a module', () => {
  it('has paths, language, GPU and network, and nothing secret', () => {
    const env = moduleEnvironment(
      { httpProxy: 'http://proxy:3128' },
      {
        PATH: '/bin',
        HOME: '/home/u',
        LANG: 'C.UTF-8',
        CUDA_VISIBLE_DEVICES: '0',
        NO_PROXY: 'localhost',
        JUPYTERHUB_API_TOKEN: 'secret',
        JUPYTER_TOKEN: 'secret',
        AWS_SECRET_ACCESS_KEY: 'secret',
        NODE_OPTIONS: '--require /tmp/evil.js',
        DEEP_DATA_DIR: '/data'
      }
    );
    expect(env).toEqual({
      PATH: '/bin',
      HOME: '/home/u',
      LANG: 'C.UTF-8',
      CUDA_VISIBLE_DEVICES: '0',
      NO_PROXY: 'localhost',
      HTTP_PROXY: 'http://proxy:3128',
      http_proxy: 'http://proxy:3128'
    });
  });
});
