-- The role that Mastra connects as creates its tables itself, and owns them.
grant create on schema public to :"app";
