"""Search in full text: what people type (`words`), where it is looked for (`index`), and what is marked (`marking`)."""
