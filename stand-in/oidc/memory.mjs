/** What the provider keeps, for as long as it runs; a test can have all of it forgotten. */
const entries = new Map();

export class Memory {
  static clear() {
    entries.clear();
  }

  constructor(model) {
    this._model = model;
  }

  async upsert(id, payload, expiresInS) {
    const endsAt = expiresInS ? Date.now() + expiresInS * 1000 : Infinity;
    entries.set(this._key(id), { ...payload, endsAt });
  }

  async find(id) {
    const found = entries.get(this._key(id));
    return found && found.endsAt > Date.now() ? found : undefined;
  }

  async findByUid(uid) {
    return this._first(entry => entry.uid === uid);
  }

  async findByUserCode(userCode) {
    return this._first(entry => entry.userCode === userCode);
  }

  async consume(id) {
    const found = entries.get(this._key(id));
    found.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    entries.delete(this._key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, entry] of entries) {
      if (entry.grantId === grantId) {
        entries.delete(key);
      }
    }
  }

  _key(id) {
    return `${this._model}:${id}`;
  }

  _first(isWanted) {
    for (const [key, entry] of entries) {
      if (key.startsWith(`${this._model}:`) && isWanted(entry)) {
        return entry;
      }
    }
    return undefined;
  }
}
