import { cloudsIn, quotasInWords } from '../clouds';
import { placesOf } from '../outputs';
import { lastLines, saidIn, shownLength, withoutSecrets } from '../said';
import { phaseOf } from '../states';

const refusal = (message: string) => ({
  status: 400,
  text: JSON.stringify({ message, code: 400 })
});

describe('what the Infrastructure Manager says', () => {
  it('is cut before a traceback of twelve thousand characters, which is kept for the details', () => {
    const trace = Array.from(
      { length: 150 },
      (_, line) => `  File "/usr/lib/python3/im/tosca/Tosca.py", line ${line}`
    ).join('\n');
    const message = `Error parsing request body: Error parsing TOSCA template: \nThe input "cpus" failed validation: \n\tInvalidTypeError: "abc" is not an integer.\nTraceback (most recent call last):\n${trace}`;
    expect(saidIn(refusal(message))).toEqual({
      words:
        'The input "cpus" failed validation: InvalidTypeError: "abc" is not an integer.',
      technical: message
    });
  });

  it('is shown whole when it is short', () => {
    expect(
      saidIn(refusal('Error Creating Inf.: No cloud provider available'))
    ).toEqual({ words: 'No cloud provider available' });
    expect(saidIn({ status: 500, text: '' }).words).toBe(
      'status 500 without words'
    );
    expect(saidIn({ status: 400, text: 'plain words' }).words).toBe(
      'plain words'
    );
  });

  it('names machines in words, whatever state it invents', () => {
    expect(phaseOf({ state: 'hibernating', machines: 1 })).toBe(
      'The Infrastructure Manager calls its state hibernating.'
    );
    expect(phaseOf({ state: 'failed', machines: 0 })).toContain(
      'could not be made, or were removed'
    );
  });
});

describe('a log', () => {
  it('holds back what may become a secret, and hides what is one', () => {
    const secrets = ['hunter22', 'abcd'];
    expect(shownLength('pass=hunter', secrets)).toBe('pass='.length);
    expect(shownLength('pass=hunter22', secrets)).toBe(13);
    expect(shownLength('all ab', secrets)).toBe('all '.length);
    expect(shownLength('', secrets)).toBe(0);
    expect(withoutSecrets('a hunter22 abcd', secrets)).toBe('a •••••• ••••••');
  });

  it('ends with its last lines that say something', () => {
    const lines = Array.from({ length: 40 }, (_, line) => `line ${line}`);
    const last = lastLines([...lines, '', '*****'].join('\n')).split('\n');
    expect([last.length, last.at(-1)]).toEqual([12, 'line 39']);
  });
});

describe('the outputs of a template', () => {
  it.each([
    ['deepaas_endpoint', 'http://198.51.100.7:5000/'],
    ['deepaas_url', 'http://198.51.100.7:5000/'],
    ['endpoint', 'http://198.51.100.7:5000']
  ])('name the module %s', (name, address) => {
    expect(placesOf({ [name]: address, other: 'x' }).endpoint).toBe(
      'http://198.51.100.7:5000'
    );
  });

  it('are no address while there is none', () => {
    const none = ['http://None:5000/', 'http://null:5000/', null, '', 7];
    for (const deepaas_endpoint of none) {
      expect(placesOf({ deepaas_endpoint })).toEqual({ pages: {} });
    }
    expect(
      placesOf({ deepaas_url: "http://{{ hostvars['a'] }}:5000/" })
    ).toEqual({ pages: {} });
  });

  it('are not given on when they are secrets', () => {
    expect(
      placesOf({
        cluster_creds: { user: 'root', token: 'x' },
        node_creds: 'https://example.org/secret',
        admin_token: 'https://example.org/token',
        rclone_password: 'https://example.org/x',
        dashboard_url: 'https://ada:pw@198.51.100.7:30443/',
        monitor_endpoint: 'http://198.51.100.7:6006/'
      })
    ).toEqual({ pages: { monitor: 'http://198.51.100.7:6006' } });
  });
});

describe('clouds', () => {
  it('are those that the credentials name', () => {
    const line =
      'type = InfrastructureManager; username = a; password = b=c\\nid = egi; type = EGI; token = x\\nid = kube; type = Kubernetes; host = https://h';
    expect(cloudsIn(line)).toEqual(['egi', 'kube']);
    expect(cloudsIn('Bearer abc')).toEqual([]);
  });

  it('say what is used, where they say it', () => {
    expect(
      quotasInWords({
        cores: { used: 3, limit: 20 },
        ram: { used: 1, limit: -1 },
        instances: {}
      })
    ).toBe('3 of 20 cores');
  });
});
