// In place of undici's HTTP/2, which loads Node's.
module.exports = () => {
  throw new Error('Vidra asks for HTTP/1.1.');
};
